import { firstRightRanks, type Retrieval } from './first-right-rank.ts'
import { meanReciprocalRank, precisionAtK } from './precision-at-k.ts'

/** How well queries find a picture with their label in a gallery. */
export interface RetrievalTable {
  readonly queries: number
  readonly gallery: number
  /** Precision at 1, 5 and 10, each from 0 to 1: within the k nearest pictures. */
  readonly p1: number
  readonly p5: number
  readonly p10: number
  readonly meanReciprocalRank: number
}

/**
 * Measures exact retrieval by inner product; the gallery counts picture by picture.
 *
 * @throws Shape when vectors and labels do not fit together; Numeric on a score that is NaN;
 *   InvalidInput when there is no query
 */
export function retrievalTable(retrieval: Retrieval): RetrievalTable {
  return tableOfRanks(firstRightRanks(retrieval), retrieval.galleryLabels.length)
}

/** The table of ranks that were found before. */
export function tableOfRanks(ranks: readonly number[], gallery: number): RetrievalTable {
  return {
    queries: ranks.length,
    gallery,
    p1: precisionAtK(ranks, 1),
    p5: precisionAtK(ranks, 5),
    p10: precisionAtK(ranks, 10),
    meanReciprocalRank: meanReciprocalRank(ranks),
  }
}
