import { conflict } from '../../core/index.ts'
import { membersOf, type PictureEncoder } from '../../encoders/index.ts'
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
 * @throws Conflict when the index was not made by exactly this encoder, of several by these in their
 *   order
 */
export function assertSameEncoder({ folder, encoders, encoder, remedy }: EncoderMatch): void {
  const members = membersOf(encoder)
  const same = encoders.every(
    ({ hash, dimension }, e) => hash === members[e]?.hash && dimension === members[e].dimension,
  )
  if (same && encoders.length === members.length) return
  throw conflict(
    `${folder}: this index was made by the encoder ${named(encoders)}, got ${named(members)}; ${remedy}`,
  )
}

function named(encoders: readonly { readonly name: string; readonly hash: string }[]): string {
  return encoders.map(({ name, hash }) => `${name} (${hash.slice(0, 12)})`).join(' and ')
}
