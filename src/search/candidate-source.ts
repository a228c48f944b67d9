/** Rows that may be the nearest, to be ranked by their exact scores. */
export interface Candidates {
  /** Ascending. */
  readonly rows: Int32Array
  /** No other row that counts scores higher; −∞ where that is not known and these have to do. */
  readonly beyond: number
}

/** One query and how many of its nearest rows are wanted. */
export interface CandidateQuery {
  /** [D] */
  readonly query: Float32Array
  readonly k: number
  /** The only rows that count, ascending; default: all. */
  readonly only?: Int32Array | undefined
}

/** Finds rows that may be nearest without reading all of them as they are: a resource to be closed. */
export interface CandidateSource {
  /** Whether it is quicker than reading all rows for so many queries and so many rows of each. */
  suits(wanted: { readonly queries: number; readonly k: number }): boolean
  candidates(query: CandidateQuery): Promise<Candidates>
  close(): Promise<void>
}

/** A mask of scores: 0 where a row counts and −∞ where not. */
export function maskOf(only: Int32Array, length: number): Float32Array {
  const mask = new Float32Array(length).fill(Number.NEGATIVE_INFINITY)
  for (const row of only) mask[row] = 0
  return mask
}
