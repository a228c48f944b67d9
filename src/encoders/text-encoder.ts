/** Turns texts into vectors whose directions can be compared. */
export interface TextEncoder {
  readonly name: string
  readonly modality: 'text'
  /** How many values a vector has. */
  readonly dimension: number
  /** SHA-256 of what the vectors follow from. */
  readonly hash: string
  /**
   * One vector a text.
   * @returns [texts.length, dimension] row-major, rows of unit length; zeros for a text of which
   *   nothing is known
   */
  encode(texts: readonly string[]): Promise<Float32Array>
}
