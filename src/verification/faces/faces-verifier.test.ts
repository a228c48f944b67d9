import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { colourPicture } from '../../../tests/support/small-shop.ts'
import { describeFile } from '../comparing/describe-file.ts'
import type { Face } from './face.ts'
import { facesVerifier } from './faces-verifier.ts'
import type { FaceOutcome, Faces } from './open-faces.ts'

let path: string
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-faces-verifier-'))
  path = join(folder, 'photo.png')
  await writeFile(path, await colourPicture('red'))
})
afterEach(() => rm(folder, { recursive: true }))

const face = { score: 1 } as Face

/** Networks that find the same in every picture. */
function finding(outcome: FaceOutcome): Faces {
  return {
    dimension: 2,
    detect: async () => [],
    look: async () => outcome,
    describe: async (_, { landmarks }) => Float32Array.of(landmarks.nose.x, 0),
    close: async () => {},
  }
}

test('a photo must show one face, or the one line says what it shows', async () => {
  const vector = Float32Array.of(0.6, 0.8)
  const sound = facesVerifier(finding({ kind: 'face', face, vector }), 'only')
  expect(await describeFile(sound, path)).toEqual(vector)
  expect(sound.compare(vector, vector)).toBeCloseTo(1, 6)

  const none = facesVerifier(finding({ kind: 'no-face' }), 'only')
  await expect(describeFile(none, path)).rejects.toThrow(/photo\.png: shows no face; give a photo/)
  const crowd = facesVerifier(finding({ kind: 'several-faces', faces: [face, face] }), 'only')
  await expect(describeFile(crowd, path)).rejects.toThrow(/photo\.png: shows 2 faces; cut out/)
})

test('where every photo is to be answered, a face is taken to be where it usually is', async () => {
  const none = facesVerifier(finding({ kind: 'no-face' }), 'middle')
  // half of 48 pixels from the left, as the mean of noses has it
  expect((await describeFile(none, path))[0]).toBeCloseTo(0.504 * 48, 3)
})
