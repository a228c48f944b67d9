import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { int, ints } from '../attribute.ts'
import { apply, type Value } from '../value.ts'

/** Geometry of a convolution over one axis. */
export interface Conv1dOptions {
  readonly stride?: number
  /** Zeros before and behind. */
  readonly pads?: readonly [number, number]
  readonly dilation?: number
  /** Channels are cut into this many groups that do not see each other. */
  readonly groups?: number
  /** [O] */
  readonly bias?: Value
}

/**
 * One-dimensional cross-correlation. [N, C, L] with weight [O, C / groups, k] → [N, O, L'].
 * @throws Shape when channels or groups disagree or the kernel is longer than the padded input
 */
export function conv1d(x: Value, weight: Value, options: Conv1dOptions = {}): Value {
  const { stride = 1, pads = [0, 0], dilation = 1, groups = 1, bias } = options
  const [n, c, length] = x.shape
  const [o, perGroup, kernel] = weight.shape
  if (x.shape.length !== 3 || weight.shape.length !== 3 || c !== perGroup! * groups || o! % groups)
    throw shapeError(
      `Conv: input ${formatShape(x.shape)} and weight ${formatShape(weight.shape)} with ${groups} groups do not fit; wanted [N, C, L] and [O, C / groups, k]`,
    )
  const reach = dilation * (kernel! - 1) + 1
  return apply(
    'Conv',
    bias === undefined ? [x, weight] : [x, weight, bias],
    {
      dtype: x.dtype,
      shape: [n!, o!, Math.floor((length! + pads[0] + pads[1] - reach) / stride) + 1],
    },
    {
      kernel_shape: ints([kernel!]),
      strides: ints([stride]),
      pads: ints(pads),
      dilations: ints([dilation]),
      group: int(groups),
    },
  )
}
