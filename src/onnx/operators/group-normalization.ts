import { shapeError } from '../../core/index.ts'
import { formatShape, sizeOf } from '../../tensor/index.ts'
import { float } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { like } from './broadcast.ts'
import { add, mul } from './elementwise.ts'
import { layerNormalization } from './layer-normalization.ts'
import { expand, reshape } from './shape.ts'

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
 * shift of each channel. [N, C, ...] → [N, C, ...].
 *
 * A layer normalisation of all that is in a group and two elementwise operators: the operator set that
 * we write has one scale a group in its GroupNormalization.
 * @throws Shape when the groups do not divide the channels, or scale or shift is not [C]
 * @see Wu and He 2018
 */
export function groupNormalization(x: Value, options: GroupNormalizationOptions): Value {
  const { groups, scale, shift, epsilon = 1e-5 } = options
  assertPerChannel('GroupNormalization', x, options)
  const [, channels, ...places] = x.shape as [number, number, ...number[]]
  if (channels % groups !== 0)
    throw shapeError(`GroupNormalization: ${groups} groups do not divide ${channels} channels`)
  const size = (channels / groups) * sizeOf(places)
  const ones = expand(like(1, x), [size])
  const rows = layerNormalization(reshape(x, [-1, groups, size]), { scale: ones, epsilon })
  const broadcast = (value: Value): Value => reshape(value, [channels, ...places.map(() => 1)])
  const normalized = reshape(rows, [-1, channels, ...places])
  return add(mul(normalized, broadcast(scale)), broadcast(shift))
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
