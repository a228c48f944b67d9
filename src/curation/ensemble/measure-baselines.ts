import { tableOfRanks } from '../../metrics/index.ts'
import { equalSampling, reciprocalRankFusion, scoreFusion } from '../../search/index.ts'
import { type Fusion, fusedRanks, pooledRanks } from './baseline-ranks.ts'
import type { EnsembleRetrieval, Weighting } from './ensemble-ranks.ts'
import type { MeasuredWay } from './measure-ensemble.ts'
import { byPrecision, type RanksOf, searchWeights } from './search-weights.ts'

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
  /** The encoder whose pictures come first where lists are taken from in turn, as its place. */
  readonly first?: number
}

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
export async function measureBaselines(
  retrieval: EnsembleRetrieval,
  { tuneOn, steps = 10 }: { readonly tuneOn: EnsembleRetrieval; readonly steps?: number },
): Promise<MeasuredBaseline[]> {
  const { gallery, galleryLabels } = retrieval
  const even = gallery.map(() => 1 / gallery.length)
  const tableOf = async (asked: EnsembleRetrieval, { settings, ranksOf }: Candidate) => {
    const ranks = await ranksOf(asked, [settings.weights ?? even])
    return tableOfRanks(ranks[0]!, galleryLabels.length)
  }
  const evenly = async (candidates: readonly Candidate[]): Promise<Candidate> => {
    const tried: Tried[] = []
    for (const one of candidates) tried.push({ one, table: await tableOf(tuneOn, one) })
    return best(tried)
  }
  const weighted = async (candidates: readonly Candidate[]): Promise<Candidate> => {
    const tried: Tried[] = []
    for (const { settings, ranksOf } of candidates) {
      const { weights, table } = (await searchWeights(tuneOn, { ranksOf, steps })).best
      tried.push({ one: { settings: { ...settings, weights }, ranksOf }, table })
    }
    return best(tried)
  }
  const byRank = await evenly(
    constants.flatMap((constant) =>
      fusions((lists, options) => reciprocalRankFusion(lists, { ...options, constant }), {
        constant,
      }),
    ),
  )
  const inTurn = await evenly(
    gallery.flatMap((_, first) =>
      fusions((lists, options) => equalSampling(moveToFront(lists, first), options), { first }),
    ),
  )
  const pooled: Candidate = { settings: {}, ranksOf: pooledRanks }
  const ways: [way: string, chosen: Candidate][] = [
    ['equal sampling', inTurn],
    ['score fusion', await weighted(fusions(scoreFusion, {}))],
    ['reciprocal rank fusion', byRank],
    ['weighted reciprocal rank fusion', await weighted([byRank])],
  ]
  if (gallery.every((part) => part.length === gallery[0]!.length))
    ways.push(['mean pooling', pooled], ['weighted pooling', await weighted([pooled])])
  const measured: MeasuredBaseline[] = []
  for (const [way, chosen] of ways)
    measured.push({ way, settings: chosen.settings, table: await tableOf(retrieval, chosen) })
  return measured
}

interface Tried {
  readonly one: Candidate
  readonly table: MeasuredWay['table']
}

/** A fusion with lists of each length. */
function fusions(fusion: Fusion, settings: BaselineSettings): Candidate[] {
  return depths.map((depth) => ({
    settings: { ...settings, depth },
    ranksOf: (retrieval, weightings) => fusedRanks(retrieval, weightings, { fusion, depth }),
  }))
}

function moveToFront<T>(list: readonly T[], at: number): T[] {
  return [list[at]!, ...list.slice(0, at), ...list.slice(at + 1)]
}

/** Of equals the first. */
function best(tried: readonly Tried[]): Candidate {
  return tried.toSorted((a, b) => byPrecision(a.table, b.table))[0]!.one
}
