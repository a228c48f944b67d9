import { tableOfRanks } from '../../metrics/index.ts'
import { equalSampling, reciprocalRankFusion, scoreFusion } from '../../search/index.ts'
import { type Fusion, fusedRanks, pooledRanks } from './baseline-ranks.ts'
import type { EnsembleRetrieval, Weighting } from './ensemble-ranks.ts'
import type { MeasuredWay } from './measure-ensemble.ts'
import { byPrecision, searchWeights } from './search-weights.ts'

/** A way to search with several encoders that is no ensemble, and the settings it was given. */
export interface MeasuredBaseline extends MeasuredWay {
  readonly settings: BaselineSettings
}

/** What a baseline leaves open; which of it there is depends on the baseline. */
interface BaselineSettings {
  /** Pictures that each encoder is asked for. */
  readonly depth?: number
  /** Of reciprocal rank fusion. */
  readonly constant?: number
  readonly weights?: Weighting
}

type RanksOf = (retrieval: EnsembleRetrieval, weightings: readonly Weighting[]) => number[][]

interface Candidate {
  readonly settings: BaselineSettings
  readonly ranksOf: RanksOf
}

const depths = [10, 50, 100]
const constants = [1, 5, 20, 60, 150]

/**
 * What the weighted ensemble is measured against: fused lists as vector databases fuse them, and pooled
 * vectors where all encoders have one dimension. Each is given the weights, the length of its lists and
 * the constant that are best for itself.
 * @param tuneOn other queries, of validation data, by which all settings are chosen
 * @see Ahemad et al. 2024, section 2.4
 */
export function measureBaselines(
  retrieval: EnsembleRetrieval,
  { tuneOn, steps = 10 }: { readonly tuneOn: EnsembleRetrieval; readonly steps?: number },
): MeasuredBaseline[] {
  const { gallery, galleryLabels } = retrieval
  const even = gallery.map(() => 1 / gallery.length)
  const evenly = (candidates: readonly Candidate[]): Candidate =>
    best(candidates.map((one) => ({ one, table: tableAt(tuneOn, one.ranksOf, even) })))
  const weighted = (candidates: readonly Candidate[]): Candidate =>
    best(
      candidates.map(({ settings, ranksOf }) => {
        const { weights, table } = searchWeights(tuneOn, { ranksOf, steps }).best
        return { one: { settings: { ...settings, weights }, ranksOf }, table }
      }),
    )
  const constant = evenly(
    constants.flatMap((c) =>
      fusions((lists, options) => reciprocalRankFusion(lists, { ...options, constant: c }), {
        constant: c,
      }),
    ),
  )
  const poolable = gallery.every((part) => part.length === gallery[0]!.length)
  const pooled = [{ settings: {}, ranksOf: pooledRanks }]
  const ways: [way: string, chosen: Candidate][] = [
    ['equal sampling', fusions(equalSampling, {})[0]!],
    ['score fusion', weighted(fusions(scoreFusion, {}))],
    ['reciprocal rank fusion', constant],
    ['weighted reciprocal rank fusion', weighted([constant])],
    ...(poolable
      ? ([
          ['mean pooling', pooled[0]!],
          ['weighted pooling', weighted(pooled)],
        ] satisfies [string, Candidate][])
      : []),
  ]
  return ways.map(([way, { settings, ranksOf }]) => ({
    way,
    settings,
    table: tableOfRanks(ranksOf(retrieval, [settings.weights ?? even])[0]!, galleryLabels.length),
  }))
}

/** A fusion with lists of each length. */
function fusions(fusion: Fusion, settings: BaselineSettings): Candidate[] {
  return depths.map((depth) => ({
    settings: { ...settings, depth },
    ranksOf: (retrieval, weightings) => fusedRanks(retrieval, weightings, { fusion, depth }),
  }))
}

function tableAt(retrieval: EnsembleRetrieval, ranksOf: RanksOf, weights: Weighting) {
  return tableOfRanks(ranksOf(retrieval, [weights])[0]!, retrieval.galleryLabels.length)
}

/** Of equals the first. */
function best(
  tried: readonly { readonly one: Candidate; readonly table: MeasuredWay['table'] }[],
): Candidate {
  return tried.toSorted((a, b) => byPrecision(a.table, b.table))[0]!.one
}
