import { type RetrievalTable, tableOfRanks } from '../../metrics/index.ts'
import { type EnsembleRetrieval, ensembleRanks, type Weighting } from './ensemble-ranks.ts'
import { rescues } from './rescues.ts'

/** A way to search with several encoders, and how well it did. */
export interface MeasuredWay {
  readonly way: string
  readonly table: RetrievalTable
}

/** How well an ensemble did. */
export interface MeasuredEnsemble {
  readonly ensemble: RetrievalTable
  /** Each of its encoders alone. */
  readonly members: readonly MeasuredWay[]
  /** Share of queries whose right answer is in the ensemble's first five and in no encoder's own. */
  readonly rescued: number
}

/**
 * The ensemble under some weights, and each of its encoders alone.
 * @see Ahemad et al. 2024, figure 1
 */
export async function measureEnsemble(
  retrieval: EnsembleRetrieval,
  { names, weights }: { readonly names: readonly string[]; readonly weights: Weighting },
): Promise<MeasuredEnsemble> {
  const alone = names.map((_, e) => names.map((_, other) => (other === e ? 1 : 0)))
  const [ensemble, ...members] = await ensembleRanks(retrieval, [weights, ...alone])
  const tableOf = (ranks: readonly number[]): RetrievalTable =>
    tableOfRanks(ranks, retrieval.galleryLabels.length)
  return {
    ensemble: tableOf(ensemble!),
    members: names.map((way, e) => ({ way, table: tableOf(members[e]!) })),
    rescued: rescues({ ensemble: ensemble!, members }, 5).rescued,
  }
}
