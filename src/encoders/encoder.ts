import type { Picture } from '../data/index.ts'

/** Turns pictures into vectors that search compares by inner product. A resource to be closed. */
export interface PictureEncoder {
  readonly name: string
  readonly modality: 'picture'
  /** How many values a vector has. */
  readonly dimension: number
  /** SHA-256 of the model, or '' where it has no card. */
  readonly hash: string
  /** Side in pixels to which pictures are brought: decoding much larger is waste. */
  readonly pictureSize: number
  /** The encoders whose vectors lie side by side in a row, where there are several. */
  readonly members?: readonly PictureEncoder[]
  /**
   * One vector a picture.
   * @returns [pictures.length, dimension] row-major, every row of unit length; of several
   *   encoders every one's part of it
   * @throws Numeric when a vector is not finite; Cancelled when the signal fires
   */
  encode(
    pictures: readonly Picture[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Float32Array>
  close(): Promise<void>
}
