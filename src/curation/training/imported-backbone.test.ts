import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stripedPictures } from '../../../tests/support/striped-pictures.ts'
import { tinyWords } from '../../../tests/support/tiny-words.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import { rngFromSeed } from '../../core/index.ts'
import { defaultAugmentation } from '../../data/index.ts'
import { findNetwork, loadPictureEncoder, readModelFolder } from '../../encoders/index.ts'
import { CompactConvNet, importNetwork, parametersOf } from '../../nn/index.ts'
import { input, type Parameter, writeModel } from '../../onnx/index.ts'
import type { ImportedBackbone } from './backbone-options.ts'
import type { CurationRecipe } from './open-retriever.ts'
import { encodeLabelled, precisionOf } from './retrieval-precision.ts'
import { trainRetriever } from './train-retriever.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-imported-'))
  file = join(folder, 'net.onnx')
  await writeNetwork(1)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A file from elsewhere: it takes pictures of 16 x 16 and names its own normalisation. */
async function writeNetwork(seed: number): Promise<void> {
  const network = new CompactConvNet(
    { widths: [8, 16], blocks: [1], dimension: 12 },
    rngFromSeed(seed),
  )
  const pixels = input('pixels', [1, 3, 16, 16])
  const vectors = network.apply(pixels, { kind: 'inference' })
  const parameterNames = new Map<Parameter, string>(
    [...parametersOf(network)].map(([name, one]) => [one, name]),
  )
  await writeFile(file, writeModel({ vectors }, { freeBatch: 'N', parameterNames }))
  const card = { mean: [0.4, 0.5, 0.6], std: 0.25, fit: 'stretch', licence: 'Apache-2.0' }
  await writeFile(join(folder, 'net.json'), JSON.stringify(card))
}

const said = new Map(
  ['tall', 'wide', 'falling', 'rising', 'chequered', 'thick'].map((name) => [
    name,
    { title: name },
  ]),
)
const set = { train: stripedPictures(12, 1), validation: stripedPictures(6, 2), attributes: said }

const shared = {
  name: 'tuned',
  network: { kind: 'imported' } as ImportedBackbone,
  phases: [
    { epochs: 6, size: 12 },
    { epochs: 6, size: 16 },
  ],
  productsPerBatch: 4,
  picturesPerProduct: 4,
  augmentation: {
    ...defaultAugmentation,
    light: { ...defaultAugmentation.light, probability: 0.3 },
  },
  optimizer: { peakLearningRate: 0.01, warmUp: 0.1, weightDecay: 0.01 },
  servedSize: 16,
  validateEvery: 12,
  patience: 9,
}
const proxy = {
  ...shared,
  kind: 'proxy',
  loss: { scale: 16, smoothing: 0.1 },
} satisfies CurationRecipe
const recipes: readonly CurationRecipe[] = [
  proxy,
  { ...shared, kind: 'triplet', loss: { margin: 0.5, minerEpsilon: 0.5 } },
  { ...shared, kind: 'attributes', text: 'tiny', hidden: [16] },
  {
    ...shared,
    kind: 'dino',
    crops: { globalArea: [0.5, 1], localArea: [0.2, 0.5], localSize: 0.5 },
    head: { hidden: 16, bottleneck: 8, prototypes: 16 },
    studentTemperature: 0.1,
    teacher: {
      momentum: 0.9,
      temperature: { start: 0.04, end: 0.04, warmUp: 0.3 },
      centreMomentum: 0.5,
    },
    clipNorm: 3,
  },
]

async function trained(recipe: CurationRecipe, run = 'run') {
  const words = join(folder, 'words')
  return trainRetriever({
    recipe,
    seed: 3,
    set,
    dataName: 'stripes',
    folder: join(folder, run),
    openText: () => tinyWords(words, [...said.keys()]),
    source: await findNetwork(file),
    session: { threads: 1 },
  })
}

/** The weights of the model in a run folder, by the names of the file. */
async function weightsOf(model: string | Uint8Array) {
  const { parameters } = await importNetwork(model, {
    inputs: { [typeof model === 'string' ? 'pixels' : 'pictures']: [1, 3, 16, 16] },
  })
  return [...parameters.values()].map(({ data }) => Array.from(data, Number).join())
}

describe.each(recipes.map((recipe) => [recipe.kind, recipe] as const))('%s', (_, recipe) => {
  test('a network from a file is trained, and its card says where it began', async () => {
    const { best } = await trained(recipe)
    const { card } = await readModelFolder(join(folder, 'run', 'model'))
    expect(card).toMatchObject({
      dimension: 12,
      description: expect.stringMatching(/^net, whose weights were learned elsewhere \(not random/),
      preprocessing: { size: 16, fit: 'stretch', mean: [0.4, 0.5, 0.6], std: [0.25, 0.25, 0.25] },
      origin: { model: 'net', licence: 'Apache-2.0' },
      licence: 'Apache-2.0',
    })
    const encoder = await loadPictureEncoder(join(folder, 'run', 'model'))
    const [queries, gallery] = [
      await encodeLabelled(encoder, set.validation),
      await encodeLabelled(encoder, set.train),
    ]
    await encoder.close()
    expect(precisionOf(queries, gallery).p1).toBe(best.score)
  }, 60_000)
})

test('proxies teach it more than it knew', async () => {
  const untrained = await trained(
    {
      ...proxy,
      phases: [{ epochs: 1, size: 16 }],
      optimizer: { ...proxy.optimizer, peakLearningRate: 1e-9 },
    },
    'before',
  )
  const longer = { ...proxy, phases: [{ epochs: 30, size: 16 }], validateEvery: 30 }
  const { best } = await trained(longer, 'after')
  expect(best.score).toBeGreaterThan(untrained.best.score + 0.2)
}, 60_000)

test('layers that are not trained stay as they are to the last bit; a head may follow', async () => {
  const network = { ...proxy.network, trainable: { lastLayers: 1 }, dimension: 7 } as const
  await trained({ ...proxy, network })
  const { card, model } = await readModelFolder(join(folder, 'run', 'model'))
  expect(card.dimension).toBe(7)
  const [before, after] = [await weightsOf(file), await weightsOf(model)]
  const kept = before.filter((weight) => after.includes(weight)).length
  expect(kept).toBeGreaterThan(before.length / 2)
  expect(kept).toBeLessThan(before.length)
}, 60_000)

test('a run goes on with the same file wherever it lies, not with another one', async () => {
  const recipe = { ...proxy, phases: [{ epochs: 1, size: 16 }] }
  const named = { ...recipe, network: { ...recipe.network, model: 'here/net.onnx' } }
  const { best } = await trained(named)
  const moved = { ...recipe, network: { ...recipe.network, model: 'there/net.onnx' } }
  expect((await trained(moved)).best).toEqual(best)
  await writeNetwork(2)
  await expect(trained(named)).rejects.toThrow(/belongs to another recipe, seed or data set/)
}, 60_000)

test('without the network that it names a recipe is refused', async () => {
  const training = { recipe: proxy, seed: 1, set, dataName: 'stripes', folder }
  await expect(trainRetriever(training)).rejects.toThrow(/tuned: its network comes from elsewhere/)
})

test('what was made of a model of the hub prepares pictures as that did', async () => {
  await writeTwoTowerFolder(join(folder, 'clip'))
  const source = await findNetwork(join(folder, 'clip'))
  const network = { kind: 'imported', trainable: 'none', dimension: 4 } as const
  const phases = [{ epochs: 1, size: 8 }]
  const tuned = { ...proxy, network, phases, servedSize: 8 }
  const training = { seed: 1, set, dataName: 'stripes', source, session: { threads: 1 } }
  const run = join(folder, 'hub')
  const { best } = await trainRetriever({ ...training, recipe: tuned, folder: run })
  const { card } = await readModelFolder(join(run, 'model'))
  expect(card.preprocessing).toEqual(source.preprocessing)
  expect(card).toMatchObject({ licence: 'unknown', origin: { model: 'clip', licence: 'unknown' } })
  const encoder = await loadPictureEncoder(join(run, 'model'))
  const [queries, gallery] = [
    await encodeLabelled(encoder, set.validation),
    await encodeLabelled(encoder, set.train),
  ]
  await encoder.close()
  expect(precisionOf(queries, gallery).p1).toBe(best.score)
  const { dimension, ...fixed } = network
  await expect(
    trainRetriever({
      ...training,
      recipe: { ...tuned, network: fixed },
      folder: join(folder, 'x'),
    }),
  ).rejects.toThrow(/clip: nothing of it would learn; say which layers are trainable/)
  const larger = { ...tuned, servedSize: 12 }
  await expect(
    trainRetriever({ ...training, recipe: larger, folder: join(folder, 'larger') }),
  ).rejects.toThrow(
    /clip: its preprocessor_config.json makes pictures of 8 x 8, the recipe serves 12/,
  )
}, 60_000)
