import { throwIfAborted } from '../../src/core/index.ts'
import {
  type EnsembleRetrieval,
  ensembleRanks,
  searchWeights,
  type Viewing,
  viewings,
  type Weighting,
  type WeightSearch,
} from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import type { Training } from './grocery-runs.ts'
import type { GalleryName, GroceryVectors } from './grocery-vectors.ts'
import { type Trial, trialsOf, type Way } from './ways.ts'

/** A trial measured with the test photos. */
export interface MeasuredTrial extends Trial {
  /** Of the encoders; chosen on val where the way is weighted. */
  readonly weights: Weighting
  /** How the weights were found. */
  readonly search?: WeightSearch
  /** Ranks of the right product of each test photo. */
  readonly ranks: Readonly<Record<Viewing, readonly number[]>>
}

/** All ways in one gallery. */
export interface GalleryStudy {
  readonly gallery: GalleryName
  /** Pictures in it. */
  readonly pictures: number
  /** Products of the test photos. */
  readonly queries: readonly string[]
  readonly trials: readonly MeasuredTrial[]
}

/** Chooses weights on val and ranks the test photos, every way and view, in one gallery. */
export async function studyGallery(
  vectors: GroceryVectors,
  gallery: GalleryName,
  context: SectionContext,
): Promise<GalleryStudy> {
  const val = vectors.retrieval({ split: 'val', gallery, viewing: 'none' })
  const chosen: Omit<MeasuredTrial, 'ranks'>[] = []
  for (const trial of trialsOf(new Set(vectors.names), context.seeds)) {
    throwIfAborted(context.signal, 'searching weights')
    const { way, encoders, training, seed } = trial
    if (way.weighted) {
      const members = encoders.map((name) => vectors.names.indexOf(name))
      const search = await searchWeights(pick(val, members), { ranksOf: ensembleRanks })
      chosen.push({ ...trial, weights: search.best.weights, search })
      const task = `Searching weights, ${gallery}, ${training}, seed ${seed}`
      context.progress({ task, done: search.trials.length, unit: 'weightings' })
    } else chosen.push({ ...trial, weights: encoders.map(() => 1 / encoders.length) })
  }
  const weightings = chosen.map(({ encoders, weights }) =>
    vectors.names.map((name) => weights[encoders.indexOf(name)] ?? 0),
  )
  const ranks = new Map<Viewing, number[][]>()
  for (const viewing of viewings) {
    const retrieval = vectors.retrieval({ split: 'test', gallery, viewing })
    const task = `Ranking test photos, ${gallery}, views: ${viewing}`
    ranks.set(viewing, await ranksBySome(retrieval, weightings, { ...context, task }))
  }
  const ranksOf = (viewing: Viewing, i: number) => ranks.get(viewing)![i]!
  return {
    gallery,
    pictures: val.galleryLabels.length,
    queries: vectors.retrieval({ split: 'test', gallery, viewing: 'none' }).queryLabels.map(String),
    trials: chosen.map((trial, i) => ({
      ...trial,
      ranks: { none: ranksOf('none', i), mean: ranksOf('mean', i), max: ranksOf('max', i) },
    })),
  }
}

/** The trials of a way, one a seed. */
export function seedsOf(
  { trials }: Pick<GalleryStudy, 'trials'>,
  { way, training }: { readonly way: Way; readonly training: Training | undefined },
): MeasuredTrial[] {
  const name = way.members.join()
  return trials.filter(
    (trial) =>
      trial.training === training &&
      trial.way.weighted === way.weighted &&
      trial.way.members.join() === name,
  )
}

/** The same queries and gallery by some of the encoders. */
export function pick(retrieval: EnsembleRetrieval, members: readonly number[]): EnsembleRetrieval {
  return {
    ...retrieval,
    queries: retrieval.queries.map((view) => members.map((e) => view[e]!)),
    gallery: members.map((e) => retrieval.gallery[e]!),
  }
}

const atOnce = 256

/** {@link ensembleRanks}, some queries at a time, so that progress is seen and it can be stopped. */
export async function ranksBySome(
  retrieval: EnsembleRetrieval,
  weightings: readonly Weighting[],
  { task, progress, signal }: Pick<SectionContext, 'progress' | 'signal'> & { task: string },
): Promise<number[][]> {
  const ranks = weightings.map((): number[] => [])
  const total = retrieval.queryLabels.length
  for (let start = 0; start < total; start += atOnce) {
    throwIfAborted(signal, 'ranking')
    const end = Math.min(start + atOnce, total)
    const some = {
      ...retrieval,
      queries: retrieval.queries.map((view) =>
        view.map((rows) => {
          const dimension = rows.length / total
          return rows.subarray(start * dimension, end * dimension)
        }),
      ),
      queryLabels: retrieval.queryLabels.slice(start, end),
    }
    for (const [w, own] of (await ensembleRanks(some, weightings)).entries()) ranks[w]!.push(...own)
    progress({ task, done: end, total, unit: 'photos' })
  }
  return ranks
}
