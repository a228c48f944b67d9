import { numericError, shapeError } from '../core/index.ts'

/** What a picture shows: the id of its product, or the number of its class. */
export type Label = string | number

/** Rank of the first result with the right label, from 1; Infinity when there is none. */
export function firstRightRank(results: readonly Label[], right: Label): number {
  const at = results.indexOf(right)
  return at < 0 ? Number.POSITIVE_INFINITY : at + 1
}

/** Labelled vectors whose retrieval is measured. */
export interface Retrieval {
  /** [Q, D] row-major */
  readonly queries: Float32Array
  readonly queryLabels: readonly Label[]
  /** [N, D] row-major */
  readonly gallery: Float32Array
  readonly galleryLabels: readonly Label[]
}

/**
 * For every query, the rank of the nearest gallery picture with its label, by inner product; equal
 * scores rank in gallery order. Exact, without sorting: the rank is one more than the number of
 * pictures that come before the best right one.
 *
 * @returns [Q] ranks from 1; Infinity where the gallery has no picture with the label
 * @throws Shape when vectors and labels do not fit together; Numeric on a score that is NaN
 */
export function firstRightRanks(retrieval: Retrieval): number[] {
  const { queries, queryLabels, gallery, galleryLabels } = retrieval
  const dimension = dimensionOf(retrieval)
  const scores = new Float64Array(galleryLabels.length)
  return queryLabels.map((label, query) => {
    const vector = queries.subarray(query * dimension, (query + 1) * dimension)
    innerProducts(vector, gallery, scores)
    return rankOfBest(scores, (row) => galleryLabels[row] === label)
  })
}

/**
 * Scores of a gallery, summed in float64 as four running sums.
 *
 *   scores_n = ⟨query, gallery_n⟩
 *
 * @param query [D]
 * @param gallery [N, D]
 * @param scores [N] is written
 */
export function innerProducts(
  query: Float32Array,
  gallery: Float32Array,
  scores: Float64Array,
): void {
  const dimension = query.length
  const whole = dimension - (dimension % 4)
  for (let row = 0, at = 0; row < scores.length; row++, at += dimension) {
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let i = 0; i < whole; i += 4) {
      a += query[i]! * gallery[at + i]!
      b += query[i + 1]! * gallery[at + i + 1]!
      c += query[i + 2]! * gallery[at + i + 2]!
      d += query[i + 3]! * gallery[at + i + 3]!
    }
    for (let i = whole; i < dimension; i++) a += query[i]! * gallery[at + i]!
    scores[row] = a + b + (c + d)
  }
}

/**
 * Rank of the best right row, from 1; Infinity where none is right. Of equal scores the lower row
 * comes first.
 * @throws Numeric on a score that is NaN
 */
export function rankOfBest(scores: Float64Array, isRight: (row: number) => boolean): number {
  let best = -1
  for (let row = 0; row < scores.length; row++) {
    if (Number.isNaN(scores[row])) throw numericError(`metrics: the score of row ${row} is NaN`)
    if ((best < 0 || scores[row]! > scores[best]!) && isRight(row)) best = row
  }
  if (best < 0) return Number.POSITIVE_INFINITY
  let before = 0
  for (let row = 0; row < scores.length; row++)
    if (scores[row]! > scores[best]! || (scores[row] === scores[best] && row < best)) before++
  return before + 1
}

function dimensionOf({ queries, queryLabels, gallery, galleryLabels }: Retrieval): number {
  const dimension =
    queryLabels.length > 0
      ? queries.length / queryLabels.length
      : gallery.length / Math.max(1, galleryLabels.length)
  const fits =
    Number.isInteger(dimension) &&
    queries.length === queryLabels.length * dimension &&
    gallery.length === galleryLabels.length * dimension
  if (!fits)
    throw shapeError(
      `metrics: ${queries.length} query values for ${queryLabels.length} labels and ${gallery.length} gallery values for ${galleryLabels.length} labels are no rows of one length; give a label for every row`,
    )
  return dimension
}
