import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { rngFromSeed } from '../../src/core/index.ts'
import { trainVerifier, type VerifierRecipe } from '../../src/verification/index.ts'
import { drawPatterned, patternedPairs } from './patterned-pairs.ts'

const [people, photosEach] = [10, 6] as const

/** A recipe that learns the patterned pictures in a second. */
export const tinyRecipe = {
  kind: 'siamese',
  name: 'tiny-siamese',
  view: { middle: 1, size: 24 },
  network: {
    convolutions: [
      { outputs: 8, kernel: 5 },
      { outputs: 16, kernel: 3 },
    ],
    dimension: 32,
  },
  pairsPerBatch: 25,
  epochs: 6,
  optimizer: { name: 'adam', penalty: 1e-5, learningRate: 3e-3, tenthEvery: 10 },
  validateEvery: 1,
  patience: 6,
} satisfies VerifierRecipe

/** Path of a photo in a folder in the layout of Labeled Faces in the Wild. */
export const tinyFace = (folder: string, person: number, photo: number): string =>
  join(
    folder,
    'images',
    `Person_${person}`,
    `Person_${person}_${String(photo).padStart(4, '0')}.jpg`,
  )

/** Writes drawn pictures in the layout of Labeled Faces in the Wild, 40 and 20 pairs of each kind. For tests only. */
export async function writeTinyFaces(folder: string): Promise<void> {
  const rng = rngFromSeed(9)
  for (let person = 0; person < people; person++) {
    await mkdir(join(folder, 'images', `Person_${person}`), { recursive: true })
    for (let photo = 1; photo <= photosEach; photo++) {
      const { data } = drawPatterned(person, rng)
      await sharp(data, { raw: { width: 24, height: 24, channels: 3 } })
        .jpeg({ quality: 95 })
        .toFile(tinyFace(folder, person, photo))
    }
  }
  for (const [name, count] of [
    ['pairsDevTrain.txt', 40],
    ['pairsDevTest.txt', 20],
  ] as const) {
    const photo = () => 1 + rng.integer(photosEach)
    const same = Array.from({ length: count }, (_, i) => {
      const first = photo()
      return `Person_${i % people}\t${first}\t${1 + (first % photosEach)}`
    })
    const different = Array.from({ length: count }, (_, i) => {
      const [one, other] = [i % people, (i + 1 + rng.integer(people - 1)) % people]
      return `Person_${one}\t${photo()}\tPerson_${other}\t${photo()}`
    })
    await writeFile(join(folder, name), [count, ...same, ...different].join('\n'))
  }
}

/** Trains the tiny verifier; its model folder comes back. For tests only. */
export async function tinyVerifier(folder: string): Promise<string> {
  const set = { name: 'patterns', train: patternedPairs(120, 1), validation: patternedPairs(60, 2) }
  await trainVerifier({ recipe: tinyRecipe, seed: 3, set, folder })
  return join(folder, 'model')
}
