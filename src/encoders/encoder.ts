import type { Picture } from '../data/index.ts'

/** Turns pictures into vectors that search compares by inner product. */
export interface PictureEncoder {
  readonly name: string
  readonly modality: 'picture'
  /** How many values a vector has. */
  readonly dimension: number
  /**
   * One vector a picture.
   * @returns [pictures.length, dimension] row-major, every row of unit length
   */
  encode(pictures: readonly Picture[]): Promise<Float32Array>
  close(): Promise<void>
}
