// Question: how far behind the bare model, and behind decoding and the bare model one after the other,
// is bringing picture files into an index?
//
// Contenders, in alternating rounds: the whole way of "vitrine index" from JPEG files to rows on
// disk; the bare model on tensors decoded before; decoding alone; and making tensors of decoded
// pictures alone.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { curationRecipes, decodeAll, groceryPhotos, indexCatalogue } from '../src/curation/index.ts'
import {
  findGroceryStore,
  picturesToTensor,
  preprocessingSchema,
  readGroceryStore,
} from '../src/data/index.ts'
import { type EncoderSource, openPictureEncoder, readModelFolder } from '../src/encoders/index.ts'
import { CompactConvNet } from '../src/nn/index.ts'
import { input, writeModel } from '../src/onnx/index.ts'
import { openSession } from '../src/runtime/index.ts'
import { type Tensor, tensor } from '../src/tensor/index.ts'
import { generatedPhotos } from './inputs/generated-photos.ts'
import { alternate, printResult, timed } from './median.ts'

const [count, batchSize, rounds] = [192, 32, 5]
const threads = availableParallelism()
const root = resolve(import.meta.dirname, '..')
const recipe = curationRecipes['curation/grocery-triplet']!

const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
try {
  await main()
} finally {
  await rm(folder, { recursive: true })
}

async function main(): Promise<void> {
  const shipped = join(root, 'models', recipe.name)
  const trained = await stat(shipped).then(
    () => true,
    () => false,
  )
  const source = trained ? await shippedSource(shipped) : untrainedSource()
  const grocery = await groceryFiles()
  const results = [
    await measure(
      'generated, 640 x 480',
      await generatedPhotos(folder, count, rngFromSeed(1)),
      source,
    ),
  ]
  if (grocery.length > 0) results.push(await measure('grocery photos', grocery, source))
  const perSecond = (ms: number): string => (1000 / ms).toFixed(0)
  printResult(
    {
      benchmark: `embedding, ${count} JPEG files to an index, ${threads} threads`,
      model: source.name,
      trained,
      results,
    },
    [
      ['pictures/s', 'files to index', 'bare model', 'ratio', 'decode', 'prepare', 'sum of parts'],
      ...results.map(({ files, msPerPicture: ms, ofBareModel, sumOfParts }) => [
        files,
        ...[perSecond(ms.whole), perSecond(ms.model), ofBareModel.toFixed(2)],
        ...[perSecond(ms.decode), perSecond(ms.prepare), perSecond(sumOfParts)],
      ]),
    ],
    [
      'ratio: files to index over bare model; sum of parts: decode, prepare and bare model one after the other',
      ...results.map(
        ({ files, msPerPicture: { whole, decode, prepare, model }, kilobytes }) =>
          `${files} (${kilobytes.toFixed(0)} kB each): ${whole.toFixed(2)} ms a picture; alone, decode takes ${decode.toFixed(2)}, prepare ${prepare.toFixed(2)}, model ${model.toFixed(2)}`,
      ),
      trained ? `model: ${source.name} as shipped` : `model: ${source.name}, not yet trained`,
      ...(grocery.length > 0
        ? []
        : ['grocery photos left out: VITRINE_DATA does not lead to the data set']),
    ],
  )
}

/** Times every part on the same files. */
async function measure(files: string, paths: readonly string[], source: EncoderSource) {
  const { preprocessing } = source
  const { size } = preprocessing
  const encoder = await openPictureEncoder(source, { threads })
  const bare = await openSession(source.model, { threads })
  const labelled = paths.map((path) => ({ path, product: path }))
  const decode = () => decodeAll(labelled, { longestSide: Math.ceil(1.5 * size) })
  const { pictures } = await decode()
  const batches = Array.from({ length: Math.ceil(count / batchSize) }, (_, i) =>
    pictures.slice(i * batchSize, (i + 1) * batchSize),
  )
  const tensors: Tensor[] = []
  for (const batch of batches) {
    const data = await picturesToTensor(batch, preprocessing)
    tensors.push(tensor('float32', [batch.length, 3, size, size], data))
  }
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
    model: timed(async () => {
      for (const batch of tensors) await bare.run({ [bare.inputNames[0]!]: batch })
    }),
    decode: timed(decode),
    prepare: timed(async () => {
      for (const batch of batches) await picturesToTensor(batch, preprocessing)
    }),
  })
  await bare.close()
  await encoder.close()
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  const [whole, model] = [ms.whole / count, ms.model / count]
  const [decodeMs, prepare] = [ms.decode / count, ms.prepare / count]
  return {
    files,
    kilobytes: sizes.reduce((sum, bytes) => sum + bytes, 0) / count / 1000,
    msPerPicture: { whole, model, decode: decodeMs, prepare },
    ofBareModel: model / whole,
    sumOfParts: decodeMs + prepare + model,
  }
}

async function shippedSource(shipped: string): Promise<EncoderSource> {
  const { card, model } = await readModelFolder(shipped)
  const preprocessing = preprocessingSchema.parse(card.preprocessing)
  return { ...card, preprocessing, model, hash: card.sha256 }
}

/** The recipe's network as it starts: as fast as when it is trained. */
function untrainedSource(): EncoderSource {
  const { name, network: sizes, servedSize: size } = recipe
  const network = new CompactConvNet(sizes, rngFromSeed(1))
  const vectors = network.apply(input('pictures', [1, 3, size, size]), { kind: 'inference' })
  return {
    name,
    model: writeModel({ vectors }, { freeBatch: 'N' }),
    dimension: sizes.dimension,
    preprocessing: { size, fit: 'stretch', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    hash: 'untrained',
  }
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
