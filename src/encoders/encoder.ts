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
  /** Whether pictures are stretched to that size: they may as well be decoded to just that. */
  readonly stretches?: boolean
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
  /** Opens the encoder of texts whose vectors compare with these, where the model has one. */
  readonly openTextTower?: () => Promise<TextEncoder>
  close(): Promise<void>
}

/** Turns texts into vectors that compare with those of pictures. A resource to be closed. */
export interface TextEncoder {
  readonly name: string
  readonly modality: 'text'
  /** How many values a vector has. */
  readonly dimension: number
  /**
   * One vector a text; longer texts are cut off at what the model was made for.
   * @returns [texts.length, dimension] row-major, every row of unit length
   * @throws Numeric when a vector is not finite; Cancelled when the signal fires
   */
  encode(
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Float32Array>
  close(): Promise<void>
}
