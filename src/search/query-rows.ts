import { numericError, shapeError } from '../core/index.ts'
import { type EncoderWeights, ensembleWeights } from './ensemble-weights.ts'
import { dimensionOf, type IndexedEncoder } from './manifest.ts'
import { unitParts } from './unit-parts.ts'

/** A vector that a query is made of. */
export interface QueryTerm {
  /** [D] the encoders' vectors side by side, of any length but zero */
  readonly vector: Float32Array
  /** How much it counts; below zero for what hits must not look like. */
  readonly weight: number
}

/** A query of several vectors; its score of a picture is the weighted sum of theirs. */
export type WeightedQuery = readonly QueryTerm[]

/** What {@link queryRows} takes. */
export interface QueryRowsInput {
  /** [B, D] row-major, or B weighted queries */
  readonly queries: Float32Array | readonly WeightedQuery[]
  readonly encoders: readonly IndexedEncoder[]
  readonly weights?: EncoderWeights | undefined
}

/**
 * Queries as the rows whose inner product with a row of the index is the ensemble's score.
 *
 *   row_e = λ_e Σ_j w_j q_je / ‖q_je‖    for every encoder e
 *
 * @returns [B, D]
 * @throws Shape, Numeric or InvalidInput as `VectorIndex.search` says
 */
export function queryRows({ queries, encoders, weights }: QueryRowsInput): Float32Array {
  const lambda = ensembleWeights(encoders, weights)
  const dimension = dimensionOf(encoders)
  const list = queries instanceof Float32Array ? singleTerms(queries, dimension) : queries
  const rows = new Float32Array(list.length * dimension)
  for (const [query, terms] of list.entries()) {
    const place = `search: query ${query}`
    const sums = new Float64Array(dimension)
    for (const { vector, weight } of terms) {
      if (!Number.isFinite(weight))
        throw numericError(`${place}: a vector has the weight ${weight}, it must be finite`)
      unitParts({ place, vector, encoders }).forEach((value, i) => {
        sums[i]! += weight * value
      })
    }
    if (sums.every((value) => value === 0))
      throw numericError(`${place}: its vectors cancel out; leave one of them out`)
    let start = 0
    for (const [e, { dimension: width }] of encoders.entries()) {
      for (let i = start; i < start + width; i++)
        rows[query * dimension + i] = lambda[e]! * sums[i]!
      start += width
    }
  }
  return rows
}

function singleTerms(queries: Float32Array, dimension: number): WeightedQuery[] {
  if (queries.length % dimension !== 0)
    throw shapeError(
      `search: ${queries.length} values are no whole number of queries of ${dimension}; encode them with the encoder of the index`,
    )
  return Array.from({ length: queries.length / dimension }, (_, query) => [
    { vector: queries.subarray(query * dimension, (query + 1) * dimension), weight: 1 },
  ])
}
