import type { Picture } from './picture.ts'

/** A picture with left and right exchanged. */
export function mirrorPicture({ width, height, data }: Picture): Picture {
  const mirrored = new Uint8Array(data.length)
  for (let row = 0; row < height; row++)
    for (let x = 0; x < width; x++) {
      const from = (row * width + x) * 3
      mirrored.set(data.subarray(from, from + 3), (row * width + (width - 1 - x)) * 3)
    }
  return { width, height, data: mirrored }
}
