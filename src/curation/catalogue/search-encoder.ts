import { conflict } from '../../core/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import type { IndexedEncoder } from '../../search/index.ts'

/** An index and the encoder that is to be used with it. */
export interface EncoderMatch {
  /** The index's folder, for messages. */
  readonly folder: string
  readonly encoders: readonly IndexedEncoder[]
  readonly encoder: PictureEncoder
  /** What to do about it. */
  readonly remedy: string
}

/**
 * Vectors of two models are never compared.
 * @throws Conflict when the index was not made by exactly this encoder
 */
export function assertSameEncoder({ folder, encoders, encoder, remedy }: EncoderMatch): void {
  const [made] = encoders
  if (encoders.length === 1 && made?.hash === encoder.hash && made.dimension === encoder.dimension)
    return
  const names = encoders.map(({ name, hash }) => `${name} (${hash.slice(0, 12)})`).join(' and ')
  throw conflict(
    `${folder}: this index was made by the encoder ${names}, got ${encoder.name} (${encoder.hash.slice(0, 12)}); ${remedy}`,
  )
}
