import { shapeError } from '../../core/index.ts'
import { formatShape, type Shape, tensor } from '../../tensor/index.ts'
import { type Constant, constant, scalar, type Value } from '../value.ts'

/** A Value, or a number that becomes a scalar constant of the other operand's dtype. */
export type Operand = Value | number

/**
 * The shape of an elementwise operation (ONNX multidirectional broadcasting).
 * @throws Shape when an axis differs and neither is 1
 */
export function broadcastShape(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const axis = (shape: Shape, i: number): number => shape[i - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [axis(a, i), axis(b, i)]
    if (m !== n && m !== 1 && n !== 1)
      throw shapeError(
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast (axis ${i})`,
      )
    return m === 1 ? n : m
  })
}

/** Makes both operands Values of one dtype. */
export function lift(a: Operand, b: Operand): [Value, Value] {
  if (typeof a === 'number' && typeof b === 'number') return [scalar(a), scalar(b)]
  if (typeof a === 'number') return [like(a, b as Value), b as Value]
  if (typeof b === 'number') return [a, like(b, a)]
  if (a.dtype !== b.dtype)
    throw shapeError(`operands: dtypes ${a.dtype} and ${b.dtype} differ; cast one of them`)
  return [a, b]
}

/** A scalar constant of another Value's dtype. */
export function like(x: number, value: Value): Constant {
  switch (value.dtype) {
    case 'float64':
      return constant(tensor('float64', [], Float64Array.of(x)))
    case 'int64':
      return constant(tensor('int64', [], BigInt64Array.of(BigInt(x))))
    case 'int32':
      return constant(tensor('int32', [], Int32Array.of(x)))
    default:
      return scalar(x)
  }
}

/** An axis counted from the front; negative ones count from the back, as in ONNX. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= Math.max(rank, 1))
    throw shapeError(`${op}: axis ${axis} is outside a shape of ${rank} axes`)
  return normalized
}
