import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { writeFileAtomic } from '../../core/index.ts'
import {
  decodeAll,
  type EnsembleRetrieval,
  encodeViews,
  ensembleRanks,
  fileDecoding,
  groceryIconic,
  groceryPhotos,
  type LabelledFile,
  type MeasuredWay,
  measureBaselines,
  measureEnsemble,
  queryDecodeSide,
  searchWeights,
  type Viewing,
  weightsHeatMap,
} from '../../curation/index.ts'
import type { GroceryStore } from '../../data/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import type { CommandContext, CommandResult } from '../command.ts'
import { shownPath } from '../shown-path.ts'
import { evalPage, weightsPage } from './grocery-page.ts'
import { byName, type Measuring } from './measuring.ts'

/** Measures on the Grocery Store, or searches the best weights there. */
export async function measureGrocery(
  store: GroceryStore,
  measuring: Measuring,
  { cwd, progress, signal }: CommandContext,
): Promise<CommandResult> {
  const { encoder, names, weights, split, tta, baselines, gallery: galleryName } = measuring
  const larger = { longestSide: queryDecodeSide(encoder) }
  const encode = async (files: readonly LabelledFile[], viewing: Viewing) => {
    const decoding = viewing === 'none' ? fileDecoding(encoder) : larger // views are parts
    const { pictures, products } = await decodeAll(files, { ...decoding, progress, signal })
    return { views: await encodeViews({ pictures, encoder, viewing, signal }), products }
  }
  const queries = await encode(groceryPhotos(store, split), tta)
  const tuning =
    baselines && split !== 'val' ? await encode(groceryPhotos(store, 'val'), tta) : queries
  const retrievalIn = async (files: readonly LabelledFile[]): Promise<EnsembleRetrieval> => {
    const { views, products } = await encode(files, 'none')
    return { ...asking(queries), gallery: views[0]!, galleryLabels: products }
  }
  const iconic = groceryIconic(store)
  const both = [...iconic, ...groceryPhotos(store, 'train')]
  if (measuring.searchWeights) {
    const retrieval = await retrievalIn(galleryName === 'iconic' ? iconic : both)
    const found = await searchWeights(retrieval, { ranksOf: ensembleRanks })
    const path = resolve(cwd, measuring.heatMap)
    await mkdir(dirname(path), { recursive: true })
    await writeFileAtomic(path, weightsHeatMap({ names, ...found }))
    return {
      data: { encoders: names, split, gallery: galleryName, tta, ...found, heatMap: path },
      render: () => `${weightsPage(names, found)}\n\nHeat map: ${shownPath(path, cwd)}`,
    }
  }
  const galleries: Record<string, RetrievalTable> = {}
  const ways: Record<string, readonly MeasuredWay[]> = {}
  const rescues: Record<string, number> = {}
  for (const [name, files] of [
    ['iconic pictures', iconic],
    ['iconic pictures and train photos', both],
  ] as const) {
    const retrieval = await retrievalIn(files)
    const { ensemble, members, rescued } = await measureEnsemble(retrieval, { names, weights })
    galleries[name] = ensemble
    if (names.length > 1) rescues[name] = rescued
    ways[name] = [
      ...(names.length > 1 ? members : []),
      ...(baselines
        ? await measureBaselines(retrieval, { tuneOn: { ...retrieval, ...asking(tuning) } })
        : []),
    ]
  }
  const told = { encoder: encoder.name, split, tta, weights: byName(measuring) }
  return {
    data: { ...told, galleries, ways, rescues },
    render: () => evalPage({ encoder: encoder.name, galleries, ways, rescues }),
  }
}

const asking = (encoded: {
  readonly views: EnsembleRetrieval['queries']
  readonly products: readonly string[]
}): Pick<EnsembleRetrieval, 'queries' | 'queryLabels'> => ({
  queries: encoded.views,
  queryLabels: encoded.products,
})
