import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { patternedPairs } from '../../../tests/support/patterned-pairs.ts'
import { tinyRecipe as siamese } from '../../../tests/support/tiny-faces.ts'
import { defaultAugmentation } from '../../data/index.ts'
import { loadPictureEncoder, readModelFolder } from '../../encoders/index.ts'
import { areaUnderRoc } from '../../metrics/index.ts'
import { parametersOf, type SiameseNet } from '../../nn/index.ts'
import { input } from '../../onnx/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { byKind, scorePairs } from '../comparing/score-pairs.ts'
import { loadVerifier } from '../comparing/verifier.ts'
import { grey } from './grey.ts'
import { siameseLearner } from './siamese-learner.ts'
import { trainVerifier } from './train-verifier.ts'
import type { CosineRecipe } from './verifier-recipe.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-verifier-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const cosine: CosineRecipe = {
  kind: 'cosine',
  name: 'tiny-cosine',
  view: { middle: 1, size: 16 },
  source: { middle: 1, size: 24 },
  network: { widths: [8, 16], blocks: [1], dimension: 8, places: true },
  mirrored: false,
  pairsPerBatch: 20,
  phases: [
    { epochs: 4, compared: 'views' },
    { epochs: 6, compared: 'given' },
  ],
  augmentation: {
    ...defaultAugmentation,
    // a mirrored pattern is another one
    flip: 0,
    area: [0.9, 1],
    light: { ...defaultAugmentation.light, probability: 0.3 },
  },
  optimizer: { peakLearningRate: 0.01, warmUp: 0.1, weightDecay: 0.01 },
  validateEvery: 4,
  patience: 9,
}

const set = { name: 'patterns', train: patternedPairs(120, 1), validation: patternedPairs(60, 2) }

test.each([siamese, cosine])(
  '$name learns, and its run folder holds everything',
  async (recipe) => {
    const run = await trainVerifier({ recipe, seed: 3, set, folder })
    expect(run.metrics.validationAreaUnderRoc).toBeGreaterThan(0.75)

    const { card } = await readModelFolder(join(folder, 'model'))
    expect(card).toMatchObject({ name: recipe.name, job: 'verification', seed: 3 })
    expect(await readFile(join(folder, 'curve.csv'), 'utf8')).toMatch(/validationEqualErrorRate/)
    await expect(stat(join(folder, 'checkpoint.safetensors'))).rejects.toThrow(/ENOENT/)

    const verifier = await loadVerifier(join(folder, 'model'))
    try {
      // what is served scores as the best epoch did, and so does its calibration
      const view = { ...set.validation }
      const scores = byKind(await scorePairs(verifier, view))
      expect(areaUnderRoc(scores)).toBeCloseTo(run.metrics.validationAreaUnderRoc!, 6)
      expect(verifier.calibration!.same.length).toBe(30)
      scores.same.forEach((score, i) => {
        expect(verifier.calibration!.same[i]).toBeCloseTo(score, 4)
      })
    } finally {
      await verifier.close()
    }

    expect(await trainVerifier({ recipe, seed: 3, set, folder })).toEqual(run)
    await expect(trainVerifier({ recipe, seed: 4, set, folder })).rejects.toThrow(
      /another recipe, seed or data set/,
    )
  },
  120_000,
)

describe('a siamese network', () => {
  test('what is served compares as the network itself does', async () => {
    const learner = siameseLearner({ recipe: siamese, seed: 5, set })
    const network = learner.network as SiameseNet
    network.head.bias.data[0] = 0.3
    const pair = await learner.phases[0]!.feeds(0, 0)
    const [one, two] = ['one', 'two'].map((name) => input(name, [25, 3, 24, 24]))
    const inference = { kind: 'inference' } as const
    const found = await evaluate(
      {
        logits: network.logits(grey(one!), grey(two!), inference),
        a: learner.describe(one!),
        b: learner.describe(two!),
      },
      pair,
    )
    const { against, bias } = learner.comparison()!
    expect(against).toBeGreaterThan(0)
    const [a, b] = [found.a.data as Float32Array, found.b.data as Float32Array]
    for (let i = 0; i < 25; i++) {
      let score = bias
      for (let k = 0; k < 32; k++)
        score += (k < against ? -1 : 1) * Math.abs(a[i * 32 + k]! - b[i * 32 + k]!)
      expect(score).toBeCloseTo(found.logits.data[i] as number, 4)
    }
  })

  test('is refused as an encoder of an index', async () => {
    await trainVerifier({ recipe: { ...siamese, epochs: 1 }, seed: 1, set, folder })
    await expect(loadPictureEncoder(join(folder, 'model'))).rejects.toThrow(/vitrine verify/)
  }, 120_000)

  test('the penalty reaches every parameter, as PyTorch’s weight decay does', () => {
    const { groups, network } = siameseLearner({ recipe: siamese, seed: 1, set })
    for (const name of parametersOf(network).keys())
      expect(groups!.find(({ pattern }) => pattern.test(name))!.decay).toBe(true)
  })

  test('an epoch shows every pair, the last batch filled up from its beginning', async () => {
    const { phases } = siameseLearner({ recipe: siamese, seed: 1, set })
    expect(phases[0]!.stepsPerEpoch).toBe(5)
    const sums = await Promise.all(
      [0, 1, 2, 3, 4].map(async (step) => (await phases[0]!.feeds(0, step)).same!.data),
    )
    expect(sums.map((data) => data.length)).toEqual([25, 25, 25, 25, 25])
  })
})
