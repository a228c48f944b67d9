import { cast, expand, type GradientRule, mul, type Node, type Value } from '../onnx/index.ts'
import { type Shape, sameShape } from '../tensor/index.ts'
import { sumTo } from './sum-to.ts'

type Partial = (place: { x: Value; y: Value; dy: Value; node: Node }) => Value

/** A rule of one input x and output y, element by element. */
export const unary =
  (partial: Partial): GradientRule =>
  (node, [dy]) => {
    const [x, y] = [node.inputs[0]!, node.outputs[0]!]
    return [repeated(partial({ x, y, dy: unrepeated(dy!), node }), x.shape)]
  }

type Partials = (place: { a: Value; b: Value; y: Value; dy: Value }) => readonly [Value, Value]

/** A rule of two inputs that broadcast against each other. */
export const binary =
  (partials: Partials): GradientRule =>
  (node, [dy]) => {
    const [a, b, y] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!]
    const [da, db] = partials({ a, b, y, dy: unrepeated(dy!) })
    return [sumTo(repeated(da, y.shape), a.shape), sumTo(repeated(db, y.shape), b.shape)]
  }

/**
 * What broadcasts to a gradient that was only repeated to its shape (that of a mean is): a product
 * with it takes less than half as long as first repeating it.
 */
function unrepeated(gradient: Value): Value {
  const repeats = gradient.kind === 'computed' && gradient.node.op === 'Expand'
  return repeats ? gradient.node.inputs[0]! : gradient
}

const repeated = (gradient: Value, shape: Shape): Value =>
  sameShape(gradient.shape, shape) ? gradient : expand(gradient, shape)

/** dy where the condition holds, zero elsewhere: faster than Where. */
export const only = (condition: Value, dy: Value): Value => mul(dy, cast(condition, dy.dtype))
