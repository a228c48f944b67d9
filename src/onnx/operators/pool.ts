import { shapeError } from '../../core/index.ts'
import { formatShape, type Shape } from '../../tensor/index.ts'
import { type Attributes, int, ints } from '../attribute.ts'
import { apply, type Value } from '../value.ts'

/** The geometry of a pool's window; one entry for each axis behind [N, C]. */
export interface PoolOptions {
  /** Default: the kernel, so that windows neither overlap nor leave gaps. */
  readonly strides?: readonly number[]
  /** Elements that are not there, before every axis and then behind every axis. */
  readonly pads?: readonly number[]
  readonly dilations?: readonly number[]
  /** Whether a last window that reaches over the edge counts. */
  readonly ceilMode?: boolean
}

/** The geometry of {@link averagePool}. */
export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros; else the mean is of what is there. */
  readonly countIncludePad?: boolean
}

/**
 * Maximum over windows. [N, C, ...] → [N, C, ...'].
 * @throws Shape when the kernel has not one size for each axis behind [N, C], or does not fit
 */
export const maxPool = (x: Value, kernel: readonly number[], options: PoolOptions = {}): Value =>
  pool('MaxPool', x, kernel, options)

/**
 * Mean over windows. [N, C, ...] → [N, C, ...'].
 * @throws Shape when the kernel has not one size for each axis behind [N, C], or does not fit
 */
export const averagePool = (
  x: Value,
  kernel: readonly number[],
  { countIncludePad = false, ...options }: AveragePoolOptions = {},
): Value =>
  pool('AveragePool', x, kernel, options, { count_include_pad: int(countIncludePad ? 1 : 0) })

/**
 * (Σ |x|ᵖ)^(1/p) over windows. [N, C, ...] → [N, C, ...'].
 * @param options.p default 2
 * @throws Shape when the kernel has not one size for each axis behind [N, C], or does not fit
 */
export const lpPool = (
  x: Value,
  kernel: readonly number[],
  { p = 2, ...options }: Omit<PoolOptions, 'ceilMode'> & { readonly p?: number } = {},
): Value => pool('LpPool', x, kernel, options, { p: int(p) })

/** Mean over all places. [N, C, ...] → [N, C, 1, ...]. */
export const globalAveragePool = (x: Value): Value => globalPool('GlobalAveragePool', x)

/** Maximum over all places. [N, C, ...] → [N, C, 1, ...]. */
export const globalMaxPool = (x: Value): Value => globalPool('GlobalMaxPool', x)

function globalPool(op: string, x: Value): Value {
  return apply(op, [x], { dtype: x.dtype, shape: x.shape.map((size, i) => (i < 2 ? size : 1)) })
}

function pool(
  op: string,
  x: Value,
  kernel: readonly number[],
  options: PoolOptions,
  more: Attributes = {},
): Value {
  const {
    strides = kernel,
    pads = kernel.flatMap(() => [0, 0]),
    dilations = kernel.map(() => 1),
    ceilMode = false,
  } = options
  const rank = kernel.length
  if (
    rank + 2 !== x.shape.length ||
    strides.length !== rank ||
    dilations.length !== rank ||
    pads.length !== 2 * rank
  )
    throw shapeError(
      `${op}: input ${formatShape(x.shape)} and kernel ${formatShape(kernel)} with strides [${strides.join(', ')}] and pads [${pads.join(', ')}] do not fit; wanted one size for each axis behind [N, C]`,
    )
  const shape: Shape = x.shape.map((size, i) => {
    if (i < 2) return size
    const [axis, stride] = [i - 2, strides[i - 2]!]
    const [before, behind] = [pads[axis]!, pads[axis + rank]!]
    const room = (size + before + behind - dilations[axis]! * (kernel[axis]! - 1) - 1) / stride
    const windows = (ceilMode ? Math.ceil(room) : Math.floor(room)) + 1
    // a window has to begin on the picture or before it
    return ceilMode && (windows - 1) * stride >= size + before ? windows - 1 : windows
  })
  if (shape.some((windows, i) => i >= 2 && windows < 1))
    throw shapeError(
      `${op}: kernel ${formatShape(kernel)} is larger than the padded input ${formatShape(x.shape)}`,
    )
  return apply(
    op,
    [x],
    { dtype: x.dtype, shape },
    {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      pads: ints(pads),
      dilations: ints(dilations),
      ceil_mode: int(ceilMode ? 1 : 0),
      ...more,
    },
  )
}
