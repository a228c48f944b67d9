import { byPrecision, type WeightSearch, type WeightTrial } from '../../src/curation/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'

/** Several searches on one grid as one: the mean of each weighting's figures, and the best of these. */
export function meanOfSearches(searches: readonly WeightSearch[]): WeightSearch {
  const trials = searches[0]!.trials.map(({ weights, table }, i): WeightTrial => {
    const mean = (part: 'p1' | 'p5' | 'p10' | 'meanReciprocalRank'): number =>
      searches.reduce((sum, search) => sum + search.trials[i]!.table[part], 0) / searches.length
    const means: RetrievalTable = {
      ...table,
      p1: mean('p1'),
      p5: mean('p5'),
      p10: mean('p10'),
      meanReciprocalRank: mean('meanReciprocalRank'),
    }
    return { weights, table: means }
  })
  const [best] = trials.toSorted((a, b) => byPrecision(a.table, b.table))
  return { best: best!, trials }
}
