import { shapeError } from '../../core/index.ts'
import { allocate, formatShape, type Shape, type Tensor } from '../../tensor/index.ts'
import { reshape, transpose } from '../operators/index.ts'
import { type Constant, constant, type Value } from '../value.ts'

/**
 * A tensor of TensorFlow.js as a Value: as it is there, or, where four axes are [N, H, W, C] there, as
 * [N, C, H, W]. It stays as a convolution leaves it until something needs the other order, so that
 * nothing is moved between convolutions.
 */
export interface Traced {
  readonly value: Value
  readonly channelsFirst: boolean
}

/** A tensor whose axes are as TensorFlow.js has them. */
export const plain = (value: Value): Traced => ({ value, channelsFirst: false })
/** A picture [N, C, H, W]. */
export const picture = (value: Value): Traced => ({ value, channelsFirst: true })

/** The axis of [N, C, H, W] that is this axis of [N, H, W, C]. */
export const channelsFirstAxis = (axis: number): number => [0, 2, 3, 1][axis]!

/** The shape that TensorFlow.js has. */
export function tfShape({ value: { shape }, channelsFirst }: Traced): Shape {
  return channelsFirst ? [0, 2, 3, 1].map((axis) => shape[axis]!) : shape
}

/**
 * Brings tensors into another layout. Each is brought there once, however often it is asked for, so
 * that a weight that many nodes share is no more memory than one.
 */
export interface Layouts {
  /** As TensorFlow.js has it. */
  asPlain(traced: Traced): Value
  /** As [N, C, H, W]; shapes of fewer axes get axes of 1 in front, as broadcasting does. */
  asPicture(traced: Traced): Value
  /** Axes in another order and then under another shape of as many elements. */
  arranged(value: Value, order: readonly number[], shape?: Shape): Value
}

/** Layouts of the Values of one graph. */
export function layoutsOf(): Layouts {
  const known = new Map<Value, Map<string, Value>>()
  const once = (value: Value, key: string, make: () => Value): Value => {
    const made = known.get(value) ?? new Map<string, Value>()
    known.set(value, made)
    const found = made.get(key) ?? make()
    made.set(key, found)
    return found
  }
  const layouts: Layouts = {
    asPlain: ({ value, channelsFirst }) =>
      channelsFirst ? layouts.arranged(value, [0, 2, 3, 1]) : value,
    asPicture({ value, channelsFirst }) {
      if (channelsFirst) return value
      const missing = 4 - value.shape.length
      if (missing < 0)
        throw shapeError(`${formatShape(value.shape)} is no picture; wanted at most four axes`)
      const shape = [...Array.from({ length: missing }, () => 1), ...value.shape]
      return once(value, 'picture', () => moved(reshaped(value, shape), [0, 3, 1, 2]))
    },
    arranged: (value, order, shape) =>
      once(value, `${order} ${shape ?? ''}`, () => {
        const turned = moved(value, order)
        return shape === undefined ? turned : reshaped(turned, shape)
      }),
  }
  return layouts
}

/** A reshape; of a constant a constant with the same data. */
function reshaped(value: Value, shape: Shape): Value {
  const result = reshape(value, shape)
  return value.kind === 'constant' ? constant({ ...value, shape: result.shape } as Tensor) : result
}

/** A transposition; of a constant a constant, and where only axes of 1 move a reshape. */
function moved(value: Value, order: readonly number[]): Value {
  const turned = transpose(value, order)
  if (value.kind === 'constant') return constant(permuted(value, order))
  const wide = order.filter((axis) => value.shape[axis] !== 1)
  const inOrder = wide.every((axis, i) => i === 0 || axis > wide[i - 1]!)
  return inOrder ? reshape(value, turned.shape) : turned
}

function permuted({ dtype, shape, data }: Constant, order: readonly number[]): Tensor {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1))
  const result = allocate(dtype, data.length)
  const target = order.map((axis) => shape[axis]!)
  const steps = order.map((axis) => strides[axis]!)
  const place = target.map(() => 0)
  for (let i = 0, from = 0; i < data.length; i++) {
    result[i] = data[from]!
    for (let axis = place.length - 1; axis >= 0; axis--) {
      from += steps[axis]!
      place[axis]!++
      if (place[axis]! < target[axis]!) break
      from -= steps[axis]! * target[axis]!
      place[axis] = 0
    }
  }
  return { dtype, shape: target, data: result } as Tensor
}
