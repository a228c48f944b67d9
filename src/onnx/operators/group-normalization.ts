import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { float } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { like } from './broadcast.ts'
import { add, mul } from './elementwise.ts'
import { expand, reshape, reshapeLike } from './shape.ts'

/** What each picture is normalised to, channel by channel. */
export interface InstanceNormalizationOptions {
  readonly scale: Value // [C]
  readonly shift: Value // [C]
  readonly epsilon?: number
}

/**
 * scale · (x − μ) / √(σ² + ε) + shift, μ and σ² of each channel of each picture.
 * [N, C, ...] → [N, C, ...], float32 alone.
 * @throws Shape when scale or shift is not [C]
 * @see Ulyanov et al. 2016
 */
export function instanceNormalization(x: Value, options: InstanceNormalizationOptions): Value {
  const { scale, shift, epsilon = 1e-5 } = options
  assertPerChannel('InstanceNormalization', x, options)
  return apply('InstanceNormalization', [x, scale, shift], x, { epsilon: float(epsilon) })
}

/** What each picture is normalised to, and in how many groups of channels. */
export interface GroupNormalizationOptions extends InstanceNormalizationOptions {
  readonly groups: number
}

/**
 * scale · (x − μ) / √(σ² + ε) + shift, μ and σ² of each group of channels of each picture, scale and
 * shift of each channel. [N, C, ...] → [N, C, ...], float32 alone.
 *
 * Instances of whole groups and two elementwise operators: the operator set that we write has one
 * scale a group in its GroupNormalization. All axes but that of the channels stay free.
 * @throws Shape when the groups do not divide the channels, or scale or shift is not [C]
 * @see Wu and He 2018
 */
export function groupNormalization(x: Value, options: GroupNormalizationOptions): Value {
  const { groups, scale, shift, epsilon = 1e-5 } = options
  assertPerChannel('GroupNormalization', x, options)
  if (x.shape[1]! % groups !== 0)
    throw shapeError(`GroupNormalization: ${groups} groups do not divide ${x.shape[1]} channels`)
  const grouped = reshape(x, [0, groups, -1])
  const each = (number: number): Value => expand(like(number, x), [groups])
  const plain = instanceNormalization(grouped, { scale: each(1), shift: each(0), epsilon })
  const broadcast = (value: Value): Value => reshape(value, [-1, ...x.shape.slice(2).map(() => 1)])
  return add(mul(reshapeLike(plain, x), broadcast(scale)), broadcast(shift))
}

function assertPerChannel(
  op: string,
  x: Value,
  { scale, shift }: InstanceNormalizationOptions,
): void {
  if (x.shape.length < 2)
    throw shapeError(`${op}: the input has shape ${formatShape(x.shape)}, it must be [N, C, ...]`)
  for (const [name, value] of Object.entries({ scale, shift }))
    if (value.shape.length !== 1 || value.shape[0] !== x.shape[1])
      throw shapeError(
        `${op}: ${name} has shape ${formatShape(value.shape)}, it must have one value for each of the ${x.shape[1]} channels`,
      )
}
