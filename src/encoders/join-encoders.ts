import { createHash } from 'node:crypto'
import { invalidInput } from '../core/index.ts'
import type { PictureEncoder } from './encoder.ts'

/**
 * Several encoders as one whose vectors lie side by side in a row, each part of unit length.
 *
 *   row(picture) = [e_1(picture), e_2(picture), ...]
 *
 * Closing it closes them all.
 * @returns the encoder itself where there is only one
 * @throws InvalidInput when there is none or two have one name
 */
export function joinEncoders(encoders: readonly PictureEncoder[]): PictureEncoder {
  const [first, second] = encoders
  if (first === undefined) throw invalidInput('encoders: there is none to join; give at least one')
  if (second === undefined) return first
  const members = encoders.flatMap(membersOf)
  const names = members.map(({ name }) => name)
  if (new Set(names).size < names.length)
    throw invalidInput(
      `encoders: two have one name (${names.join(', ')}); change the name in the model.json of one of them`,
    )
  const dimension = members.reduce((sum, member) => sum + member.dimension, 0)
  const hash = members.every((member) => member.hash !== '')
    ? createHash('sha256')
        .update(members.map((member) => member.hash).join('\n'))
        .digest('hex')
    : ''
  return {
    name: names.join(' + '),
    modality: 'picture',
    dimension,
    hash,
    pictureSize: Math.max(...members.map(({ pictureSize }) => pictureSize)),
    stretches: members.every(
      (member) => member.stretches && member.pictureSize === first.pictureSize,
    ),
    members,
    async encode(pictures, options) {
      const rows = new Float32Array(pictures.length * dimension)
      let start = 0
      for (const member of members) {
        const vectors = await member.encode(pictures, options)
        for (let i = 0; i < pictures.length; i++) {
          const part = vectors.subarray(i * member.dimension, (i + 1) * member.dimension)
          rows.set(part, i * dimension + start)
        }
        start += member.dimension
      }
      return rows
    },
    async close() {
      await Promise.all(members.map((member) => member.close()))
    },
  }
}

/** The encoders whose vectors lie side by side in the rows of one: itself, where it is a single one. */
export function membersOf(encoder: PictureEncoder): readonly PictureEncoder[] {
  return encoder.members ?? [encoder]
}
