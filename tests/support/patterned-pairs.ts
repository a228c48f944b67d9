import { type Rng, rngFromSeed } from '../../src/core/index.ts'
import type { FacePair, LoadedPairs, Picture } from '../../src/data/index.ts'

const [people, photosEach, side] = [10, 8, 24] as const

/** Bright and dark squares that belong to a person. */
const patterns = Array.from({ length: people }, (_, person) => {
  const rng = rngFromSeed(person + 1)
  return Array.from({ length: 16 }, () => rng.next() < 0.5)
})

/** A photo of a person; its light and noise follow from the generator. */
export function drawPatterned(person: number, rng: Rng): Picture {
  const data = new Uint8Array(side * side * 3)
  const [dark, light] = [rng.between(0, 90), rng.between(120, 200)]
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const square = Math.floor(y / 6) * 4 + Math.floor(x / 6)
      const grey = (patterns[person]![square] ? light : dark) + rng.integer(50)
      data.fill(grey, (y * side + x) * 3, (y * side + x + 1) * 3)
    }
  return { width: side, height: side, data }
}

/** Pairs of drawn pictures, half of them of the same person; all follows from a seed. For tests only. */
export function patternedPairs(count: number, seed: number): LoadedPairs<Picture> {
  const rng = rngFromSeed(seed)
  const names = Array.from({ length: people * photosEach }, (_, i) => `person-${i % people}`)
  const paths = names.map((name, i) => `${name}/${i}.png`)
  const photos = new Map(paths.map((path, i) => [path, drawPatterned(i % people, rng)]))
  const pairs: FacePair[] = []
  while (pairs.length < count) {
    const [a, b] = [rng.integer(paths.length), rng.integer(paths.length)]
    const same = names[a] === names[b]
    if (a === b || same !== (pairs.length % 2 === 0)) continue
    pairs.push({ same, people: [names[a]!, names[b]!], paths: [paths[a]!, paths[b]!] })
  }
  return { pairs, photos, skipped: [], droppedPairs: 0 }
}
