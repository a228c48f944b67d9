import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from '../../src/core/index.ts'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  curationRecipes,
  decodeAll,
  decodedSide,
  encodeLabelled,
  findRetrievalFiles,
  groceryIconic,
  groceryPhotos,
  joinVectors,
  loadRetrievalSet,
  precisionOf,
  type TripletRecipe,
  trainTriplet,
} from '../../src/curation/index.ts'
import { type GroceryStore, readGroceryStore } from '../../src/data/index.ts'
import { openEncoder, readModelFolder, writeModelFolder } from '../../src/encoders/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'

/** Where the section's inputs and outputs are. */
export interface RetrievalSection {
  /** The Grocery Store folder. */
  readonly grocery: string
  /** The frozen MobileNet of the comparison; left out of the table where it is absent. */
  readonly mobilenet: string
  readonly runs: string
  readonly docs: string
  /** The model folder that ships. */
  readonly shipped: string
  readonly seeds: readonly number[]
  readonly progress: Progress
  readonly signal: AbortSignal
}

interface Galleries {
  readonly iconic: RetrievalTable
  readonly photos: RetrievalTable
}

interface SeedRun extends Galleries {
  readonly seed: number
  readonly folder: string
  readonly validationP1: number
  readonly bestEpoch: number
  readonly seconds: number
}

/**
 * Trains the triplet retriever once a seed (runs that are finished are reused), ships the seed that
 * is best on validation, and reports all of them on test.
 */
export async function retrievalSection(options: RetrievalSection): Promise<string> {
  const { grocery, mobilenet, runs, docs, shipped, seeds, progress, signal } = options
  const recipe = curationRecipes['curation/grocery-triplet']!
  const store = await readGroceryStore(grocery)
  const files = await findRetrievalFiles(grocery, rngFromSeed(0))
  const set = await loadRetrievalSet(files, { longestSide: decodedSide(recipe), progress, signal })
  const trained: SeedRun[] = []
  for (const seed of seeds) {
    const folder = join(runs, `${recipe.name}-seed${seed}`)
    const training = { recipe, seed, set, dataName: files.name, folder, progress, signal }
    const { best, bestEpoch, seconds } = await trainTriplet(training)
    const tables = await measure(join(folder, 'model'), store, options)
    const validationP1 = best.metrics['validationP1']!
    trained.push({ seed, folder, validationP1, bestEpoch, seconds, ...tables })
  }
  const chosen = trained.reduce((a, b) => (b.validationP1 > a.validationP1 ? b : a))
  await ship(chosen, shipped)
  await mkdir(join(docs, 'results'), { recursive: true })
  await copyFile(
    join(chosen.folder, 'curve.svg'),
    join(docs, 'results', 'grocery-triplet-curve.svg'),
  )
  const hasPeer = (await stat(mobilenet).catch(() => undefined)) !== undefined
  const peer = hasPeer ? await measure(mobilenet, store, options) : undefined
  return render({ recipe, trained, chosen, peer })
}

async function measure(
  model: string,
  store: GroceryStore,
  { progress, signal }: RetrievalSection,
): Promise<Galleries> {
  const encoder = await openEncoder(model, {
    size: 224,
    fit: 'stretch',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  })
  try {
    const options = { longestSide: Math.ceil(1.5 * encoder.pictureSize), progress, signal }
    const encode = async (files: Parameters<typeof decodeAll>[0]) =>
      encodeLabelled(encoder, await decodeAll(files, options), { signal })
    const queries = await encode(groceryPhotos(store, 'test'))
    const iconic = await encode(groceryIconic(store))
    const photos = await encode(groceryPhotos(store, 'train'))
    return {
      iconic: precisionOf(queries, iconic),
      photos: precisionOf(queries, joinVectors(iconic, photos)),
    }
  } finally {
    await encoder.close()
  }
}

/** Copies the chosen model, its card completed with what it reached on test. */
async function ship(chosen: SeedRun, shipped: string): Promise<void> {
  const { card, model } = await readModelFolder(join(chosen.folder, 'model'))
  const { sha256: _, ...rest } = card
  const metrics = {
    ...rest.metrics,
    testIconicP1: chosen.iconic.p1,
    testIconicP5: chosen.iconic.p5,
    testPhotosP1: chosen.photos.p1,
    testPhotosP5: chosen.photos.p5,
  }
  await writeModelFolder(shipped, { card: { ...rest, metrics }, model })
}

function render(found: {
  recipe: TripletRecipe
  trained: readonly SeedRun[]
  chosen: SeedRun
  peer: Galleries | undefined
}): string {
  const { recipe, trained, chosen, peer } = found
  const row = (name: string, { iconic, photos }: Galleries): string =>
    `| ${[name, ...cells(iconic), ...cells(photos)].join(' | ')} |`
  const spread = (of: (run: SeedRun) => number): string => meanAndDeviation(trained.map(of))
  const parts = ['p1', 'p5', 'p10'] as const
  const mean = [
    ...parts.map((part) => spread(({ iconic }) => iconic[part])),
    ...parts.map((part) => spread(({ photos }) => photos[part])),
  ]
  const epochs = recipe.phases.reduce((sum, phase) => sum + phase.epochs, 0)
  return `## Retrieval: which product is in the photo

Grocery Store data set (Klasson et al. 2019). Every one of the ${chosen.iconic.queries} test photos is a query; precision at k
is the share of queries whose product is among the k nearest pictures, in percent. The galleries are the ${chosen.iconic.gallery}
iconic pictures, and these with the train photos (${chosen.photos.gallery} in all). Epoch and shipped seed are chosen on the
val photos; test was only reported.

| encoder | iconic P@1 | P@5 | P@10 | + photos P@1 | P@5 | P@10 |
|---|---|---|---|---|---|---|
${peer === undefined ? '| frozen MobileNetV1 (not present when this was written) | | | | | | |' : row('frozen MobileNetV1 (ImageNet), 224 px', peer)}
${trained.map((run) => row(`triplet, seed ${run.seed}${run === chosen ? ' (shipped)' : ''}`, run)).join('\n')}
| **triplet, mean ± deviation of ${trained.length} seeds** | ${mean.join(' | ')} |

The triplet encoder starts from random weights and learns from the ${epochs} epochs of recipe \`${recipe.name}\` (pictures of
${recipe.phases.map(({ size }) => `${size}`).join(', then ')} px; served at ${recipe.servedSize} px) on train photos and iconic pictures alone.

| seed | validation P@1 | best epoch | training time |
|---|---|---|---|
${trained.map(({ seed, validationP1, bestEpoch, seconds }) => `| ${seed} | ${percent(validationP1)} | ${bestEpoch} | ${Math.round(seconds / 60)} min |`).join('\n')}

![learning curve of the shipped seed](results/grocery-triplet-curve.svg)
`
}

const percent = (share: number): string => (share * 100).toFixed(1)

const cells = ({ p1, p5, p10 }: RetrievalTable): string[] => [p1, p5, p10].map(percent)

function meanAndDeviation(values: readonly number[]): string {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / Math.max(values.length - 1, 1))
  return `${percent(mean)} ± ${percent(deviation)}`
}
