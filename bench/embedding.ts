// Claim: bringing picture files into an index reaches nine tenths of what is possible where decoding and the
// model share the cores, and is faster than transformers.js with the same ONNX file.
//
// Contenders, in alternating rounds: the whole way of "vitrine index" from JPEG files to rows on disk; the bare
// model on tensors made before; making the tensors alone, in time and in processor time; and transformers.js
// (where it is installed: npm install --no-save @huggingface/transformers) with batches of the same size. The
// ceiling is the rate if reading, decoding and preparing filled all cores evenly and the model then ran as
// bare: 1 / (bare model's time + processor time of making tensors / cores).
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { decodeAll, fileDecoding, groceryPhotos, indexCatalogue } from '../src/curation/index.ts'
import {
  findGroceryStore,
  type Preprocessing,
  picturesToTensor,
  readGroceryStore,
} from '../src/data/index.ts'
import { openEncoder, readModelFolder } from '../src/encoders/index.ts'
import { openSession } from '../src/runtime/index.ts'
import { tensor } from '../src/tensor/index.ts'
import { generatedPhotos } from './inputs/generated-photos.ts'
import { alternate, printResult, processorTime, timed } from './median.ts'
import { openTransformersJs } from './peers/transformers-js.ts'
import { scratchFolder } from './scratch-folder.ts'

const [count, batchSize, rounds] = [192, 32, 5]
const threads = availableParallelism()
const root = resolve(import.meta.dirname, '..')

interface Model {
  readonly name: string
  /** A model folder or an .onnx file. */
  readonly path: string
  readonly onnx: string | Uint8Array
  readonly preprocessing: Preprocessing
}

const folder = await scratchFolder()
await main()

async function main(): Promise<void> {
  const models = [await shipped(), ...(await mobileNet())]
  const grocery = await groceryFiles()
  const sets = [
    {
      files: 'generated, 640 x 480',
      paths: await generatedPhotos(folder, count, rngFromSeed(1)),
    },
    ...(grocery.length > 0 ? [{ files: 'grocery photos', paths: grocery }] : []),
  ]
  const results = []
  for (const model of models)
    for (const { files, paths } of sets) results.push(await measure(model, files, paths))
  const rate = (ms: number | undefined): string => (ms === undefined ? '-' : (1000 / ms).toFixed(0))
  printResult(
    { benchmark: `embedding, ${count} JPEG files to an index, ${threads} threads`, results },
    [
      [
        'pictures/s',
        ...['files to index', 'bare model', 'of it', 'ceiling', 'of it'],
        ...['transformers.js', 'vitrine/transformers.js'],
      ],
      ...results.map(({ model, files, whole, bare, ceiling, peer }) => [
        `${model}: ${files}`,
        ...[rate(whole), rate(bare), (bare / whole).toFixed(2)],
        ...[rate(ceiling), (ceiling / whole).toFixed(2)],
        ...[rate(peer), peer === undefined ? '-' : (peer / whole).toFixed(2)],
      ]),
    ],
    [
      'ceiling: 1 / (time of the bare model + processor time of making tensors of files / cores)',
      ...results.map(
        ({ model, files, whole, bare, tensors, tensorsProcessor }) =>
          `${model}, ${files}: ${whole.toFixed(2)} ms a picture; the bare model takes ${bare.toFixed(2)}, making tensors ${tensors.toFixed(2)} alone and ${tensorsProcessor.toFixed(2)} of a processor`,
      ),
      ...(results.every(({ peer }) => peer === undefined)
        ? ['transformers.js left out: npm install --no-save @huggingface/transformers']
        : []),
      ...(models.length > 1 ? [] : ['MobileNet left out: VITRINE_MODELS does not lead to it']),
      ...(grocery.length > 0 ? [] : ['grocery photos left out: VITRINE_DATA does not lead there']),
    ],
  )
}

/** Milliseconds a picture of every contender on the same files. */
async function measure(model: Model, files: string, paths: readonly string[]) {
  const { preprocessing } = model
  const { size, mean, std } = preprocessing
  const encoder = await openEncoder(model.path, {
    threads,
    spinning: false, // as "vitrine index" does
    settings: { mean: [...mean], std: [...std] },
  })
  const session = await openSession(model.onnx, { threads })
  const labelled = paths.map((path) => ({ path, product: path }))
  const batches = Array.from({ length: Math.ceil(count / batchSize) }, (_, i) =>
    labelled.slice(i * batchSize, (i + 1) * batchSize),
  )
  const toTensor = async (some: typeof labelled) => {
    const { pictures } = await decodeAll(some, fileDecoding(encoder))
    const data = await picturesToTensor(pictures, preprocessing)
    return tensor('float32', [some.length, 3, size, size], data)
  }
  const toTensors = async () => {
    for (const batch of batches) await toTensor(batch)
  }
  const tensors = await Promise.all(batches.map(toTensor))
  const peer = await openTransformersJs(session, preprocessing)
  const catalogue = {
    name: files,
    products: paths.map((path) => ({
      id: path,
      title: path,
      attributes: {},
      pictures: [{ path, kind: 'photo' as const }],
    })),
    skipped: [],
  }
  const ms = await alternate(rounds, {
    whole: timed(() => indexCatalogue({ catalogue, encoder, folder: join(folder, 'index') })),
    bare: timed(async () => {
      for (const batch of tensors) await session.run({ [session.inputNames[0]!]: batch })
    }),
    tensors: timed(toTensors),
    tensorsProcessor: processorTime(toTensors),
    peer: async () => {
      if (peer === undefined) return Number.NaN
      const start = performance.now()
      for (const batch of batches) await peer(batch.map(({ path }) => path))
      return performance.now() - start
    },
  })
  await session.close()
  await encoder.close()
  const [whole, bare] = [ms.whole / count, ms.bare / count]
  const tensorsProcessor = ms.tensorsProcessor / count
  return {
    ...{ model: model.name, files, whole, bare, tensors: ms.tensors / count, tensorsProcessor },
    ceiling: bare + tensorsProcessor / threads,
    ...(peer && { peer: ms.peer / count }),
  }
}

async function shipped(): Promise<Model> {
  const path = join(root, 'models/grocery-triplet')
  const { card, model } = await readModelFolder(path)
  const { name, preprocessing } = card
  if ('filter' in preprocessing) throw new Error(`${name}: made ready as a model from a hub`)
  return { name, path, onnx: model, preprocessing }
}

/** The frozen MobileNet of the comparisons, where it is there. */
async function mobileNet(): Promise<Model[]> {
  const models = resolve(root, process.env.VITRINE_MODELS ?? '../shared/models')
  const path = join(models, 'mobilenet-v1-1.0-224-dw13.onnx')
  const found = await stat(path).catch(() => undefined)
  const half = [0.5, 0.5, 0.5] as const
  const preprocessing = { size: 224, fit: 'stretch', mean: half, std: half } as const
  return found === undefined ? [] : [{ name: 'MobileNet', path, onnx: path, preprocessing }]
}

/** Photos of the Grocery Store from all over its train split; none where it is absent. */
async function groceryFiles(): Promise<string[]> {
  const path = resolve(root, process.env.VITRINE_DATA ?? '../shared/data', 'grocery')
  if ((await findGroceryStore(path)) === undefined) return []
  const photos = groceryPhotos(await readGroceryStore(path), 'train')
  return rngFromSeed(1)
    .shuffle(photos)
    .slice(0, count)
    .map((photo) => photo.path)
}
