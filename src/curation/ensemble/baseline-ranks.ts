import { firstRightRank, firstRightRanks, innerProducts } from '../../metrics/index.ts'
import { type FusionOptions, pooledVectors, type RankedRow } from '../../search/index.ts'
import { type EnsembleRetrieval, rowOf, type Weighting } from './ensemble-ranks.ts'

/** Fuses one list an encoder into one. */
export type Fusion = (
  lists: readonly (readonly RankedRow[])[],
  options: FusionOptions,
) => readonly RankedRow[]

/**
 * Ranks of the right answer where each encoder is asked for its nearest pictures and the lists are
 * fused, under each weighting; queries by their first view.
 * @param depth pictures that each encoder is asked for
 * @returns [weightings] of [Q]; Infinity where it is in no list
 */
export function fusedRanks(
  retrieval: EnsembleRetrieval,
  weightings: readonly Weighting[],
  { fusion, depth = 10 }: { readonly fusion: Fusion; readonly depth?: number },
): number[][] {
  const { queries, queryLabels, gallery, galleryLabels } = retrieval
  const scores = new Float64Array(galleryLabels.length)
  const ranks = weightings.map((): number[] => [])
  for (const [q, label] of queryLabels.entries()) {
    const lists = gallery.map((vectors, e) => {
      innerProducts(rowOf(queries[0]![e]!, q, queryLabels.length), vectors, scores)
      return nearestRows(scores, depth)
    })
    for (const [w, weights] of weightings.entries()) {
      const fused = fusion(lists, { top: depth, weights })
      const labels = fused.map(({ row }) => galleryLabels[row]!)
      ranks[w]!.push(firstRightRank(labels, label))
    }
  }
  return ranks
}

/**
 * Ranks of the right answer by pooled vectors under each weighting; queries by their first view.
 * @returns [weightings] of [Q]
 * @throws Shape when the encoders' dimensions differ
 */
export function pooledRanks(
  { queries, queryLabels, gallery, galleryLabels }: EnsembleRetrieval,
  weightings: readonly Weighting[],
): number[][] {
  const rows = galleryLabels.length
  const dimensions = gallery.map((part) => part.length / rows)
  return weightings.map((weights) =>
    firstRightRanks({
      queries: pooledVectors({ parts: queries[0]!, dimensions, weights }),
      queryLabels,
      gallery: pooledVectors({ parts: gallery, dimensions, weights }),
      galleryLabels,
    }),
  )
}

/** The first rows by score, ties by row, kept sorted while the scores are passed over once. */
function nearestRows(scores: Float64Array, depth: number): RankedRow[] {
  const best: RankedRow[] = []
  for (const [row, score] of scores.entries()) {
    if (best.length === depth && score <= best.at(-1)!.score) continue
    let at = best.length
    while (at > 0 && best[at - 1]!.score < score) at--
    best.splice(at, 0, { row, score })
    if (best.length > depth) best.pop()
  }
  return best
}
