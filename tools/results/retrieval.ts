import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  curationRecipes,
  decodedSide,
  findRetrievalFiles,
  groceryIconic,
  groceryPhotos,
  loadRetrievalSet,
  type TripletRecipe,
  trainRetriever,
} from '../../src/curation/index.ts'
import { readGroceryStore } from '../../src/data/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'
import { cells, meanAndDeviation, measure, percent, type SectionContext, ship } from './section.ts'

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
 * Trains the triplet retriever once a seed, ships the seed that is best on validation, and reports
 * all of them on test.
 */
export async function retrievalSection(options: SectionContext): Promise<string> {
  const { data, mobilenet, runs, docs, models, seeds, progress, signal } = options
  const grocery = join(data, 'grocery')
  const recipe = curationRecipes['curation/grocery-triplet']
  const store = await readGroceryStore(grocery)
  const iconic = groceryIconic(store)
  const test = {
    queries: groceryPhotos(store, 'test'),
    galleries: { iconic, photos: [...iconic, ...groceryPhotos(store, 'train')] },
  }
  const files = await findRetrievalFiles(grocery, rngFromSeed(0))
  const set = await loadRetrievalSet(files, { longestSide: decodedSide(recipe), progress, signal })
  const trained: SeedRun[] = []
  for (const seed of seeds) {
    const folder = join(runs, `${recipe.name}-seed${seed}`)
    const training = { recipe, seed, set, dataName: files.name, folder, progress, signal }
    const { best, bestEpoch, seconds } = await trainRetriever(training)
    const validationP1 = best.metrics.validationP1!
    const tables = await measure(join(folder, 'model'), test, options)
    trained.push({ seed, folder, validationP1, bestEpoch, seconds, ...tables })
  }
  const chosen = trained.reduce((a, b) => (b.validationP1 > a.validationP1 ? b : a))
  await ship(join(chosen.folder, 'model'), join(models, recipe.name), {
    testIconicP1: chosen.iconic.p1,
    testIconicP5: chosen.iconic.p5,
    testPhotosP1: chosen.photos.p1,
    testPhotosP5: chosen.photos.p5,
  })
  await mkdir(join(docs, 'results'), { recursive: true })
  await copyFile(
    join(chosen.folder, 'curve.svg'),
    join(docs, 'results', `${recipe.name}-curve.svg`),
  )
  const hasPeer = (await stat(mobilenet).catch(() => undefined)) !== undefined
  const peer = hasPeer ? await measure(mobilenet, test, options) : undefined
  return render({ recipe, trained, chosen, peer })
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

The triplet encoder starts from random weights and learns ${epochs} epochs of recipe \`${recipe.name}\` (pictures of
${recipe.phases.map(({ size }) => `${size}`).join(', then ')} px; served at ${recipe.servedSize} px) from train photos and iconic pictures alone.

| seed | validation P@1 | best epoch | training time |
|---|---|---|---|
${trained.map(({ seed, validationP1, bestEpoch, seconds }) => `| ${seed} | ${percent(validationP1)} | ${bestEpoch} | ${Math.round(seconds / 60)} min |`).join('\n')}

![learning curve of the shipped seed](results/${recipe.name}-curve.svg)
`
}
