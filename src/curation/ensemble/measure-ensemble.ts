import { type RetrievalTable, tableOfRanks } from '../../metrics/index.ts'
import { equalSampling, reciprocalRankFusion, scoreFusion } from '../../search/index.ts'
import { fusedRanks, pooledRanks } from './baseline-ranks.ts'
import { type EnsembleRetrieval, ensembleRanks, type Weighting } from './ensemble-ranks.ts'

/** A way to search with several encoders, and how well it did. */
export interface MeasuredWay {
  readonly way: string
  readonly table: RetrievalTable
}

/** The ensemble under some weights, and each of its encoders alone. */
export function measureEnsemble(
  retrieval: EnsembleRetrieval,
  { names, weights }: { readonly names: readonly string[]; readonly weights: Weighting },
): { readonly ensemble: RetrievalTable; readonly members: MeasuredWay[] } {
  const alone = names.map((_, e) => names.map((_, other) => (other === e ? 1 : 0)))
  const [ensemble, ...members] = ensembleRanks(retrieval, [weights, ...alone])
  const tableOf = (ranks: readonly number[]): RetrievalTable =>
    tableOfRanks(ranks, retrieval.galleryLabels.length)
  return {
    ensemble: tableOf(ensemble!),
    members: names.map((way, e) => ({ way, table: tableOf(members[e]!) })),
  }
}

/**
 * What the weighted ensemble is measured against: lists of ten pictures an encoder, fused, and pooled
 * vectors where all encoders have one dimension.
 * @see Ahemad et al. 2024, section 2.4
 */
export function measureBaselines(
  retrieval: EnsembleRetrieval,
  { weights }: { readonly weights: Weighting },
): MeasuredWay[] {
  const even = weights.map(() => 1 / weights.length)
  const { gallery, galleryLabels } = retrieval
  const poolable = gallery.every((part) => part.length === gallery[0]!.length)
  const first = (ranks: readonly number[][]) => ranks[0]!
  const ways: [way: string, ranks: () => number[]][] = [
    ['equal sampling', () => first(fusedRanks(retrieval, [even], { fusion: equalSampling }))],
    ['score fusion', () => first(fusedRanks(retrieval, [weights], { fusion: scoreFusion }))],
    [
      'reciprocal rank fusion',
      () => first(fusedRanks(retrieval, [weights], { fusion: reciprocalRankFusion })),
    ],
    ...(poolable
      ? ([
          ['mean pooling', () => first(pooledRanks(retrieval, [even]))],
          ['weighted pooling', () => first(pooledRanks(retrieval, [weights]))],
        ] satisfies [string, () => number[]][])
      : []),
  ]
  return ways.map(([way, ranks]) => ({ way, table: tableOfRanks(ranks(), galleryLabels.length) }))
}
