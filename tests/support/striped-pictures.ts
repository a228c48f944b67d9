import { type Rng, rngFromSeed } from '../../src/core/index.ts'
import type { LabelledPictures } from '../../src/curation/index.ts'
import type { Picture } from '../../src/data/index.ts'

// Six products that colour does not tell apart, only the direction and width of their stripes.
const stripes = ['tall', 'wide', 'falling', 'rising', 'chequered', 'thick'] as const

function draw(product: number, rng: Rng): Picture {
  const [width, height] = [24, 24]
  const data = new Uint8Array(width * height * 3)
  const phase = rng.integer(16)
  const dark = [0, 1, 2].map(() => rng.between(0, 150))
  const light = [0, 1, 2].map(() => rng.between(40, 200))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const along = [x, y, x + y, x - y + 48, (x & 4) ^ (y & 4), x >> 1][product]!
      const colours = ((along + phase) & 4) !== 0 ? light : dark
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = colours[c]! + rng.integer(50)
    }
  return { width, height, data }
}

/** Pictures of six striped products, so many of each. For tests only. */
export function stripedPictures(each: number, seed: number): LabelledPictures {
  const rng = rngFromSeed(seed)
  const products = stripes.flatMap((name) => Array.from({ length: each }, () => name as string))
  return {
    products,
    pictures: products.map((name) => draw(stripes.indexOf(name as 'tall'), rng)),
  }
}
