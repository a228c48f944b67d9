import type { Picture } from './picture.ts'

/**
 * A picture of half the size, each pixel the mean of four; an odd last row or column is dropped.
 *
 * A point (x, y) of the picture lies at (x / 2, y / 2) of the result.
 */
export function halvePicture({ width: full, height: rows, data: source }: Picture): Picture {
  const width = Math.max(1, full >> 1)
  const height = Math.max(1, rows >> 1)
  const data = new Uint8Array(width * height * 3)
  const right = full > 1 ? 3 : 0
  const below = rows > 1 ? full * 3 : 0
  for (let y = 0, at = 0; y < height; y++) {
    let from = y * 2 * full * 3
    for (let x = 0; x < width; x++, from += 6)
      for (let c = from; c < from + 3; c++, at++)
        data[at] =
          (source[c]! + source[c + right]! + source[c + below]! + source[c + below + right]! + 2) >>
          2
  }
  return { width, height, data }
}
