import { unsupportedOp } from '../core/index.ts'
import { type GradientRule, type Node, type Value, where } from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

type Partial = (place: { x: Value; y: Value; dy: Value; node: Node }) => Value

/** A rule of one input x and output y. */
export const unary =
  (partial: Partial): GradientRule =>
  (node, [dy]) => [partial({ x: node.inputs[0]!, y: node.outputs[0]!, dy: dy!, node })]

type Partials = (place: { a: Value; b: Value; y: Value; dy: Value }) => readonly [Value, Value]

/** A rule of two inputs that broadcast against each other. */
export const binary =
  (partials: Partials): GradientRule =>
  (node, [dy]) => {
    // Max and Min of ONNX take any number
    if (node.inputs.length !== 2)
      throw unsupportedOp(
        `${node.op}: with ${node.inputs.length} inputs it has no gradient rule; apply it to two at a time`,
      )
    const [a, b] = [node.inputs[0]!, node.inputs[1]!]
    const [da, db] = partials({ a, b, y: node.outputs[0]!, dy: dy! })
    return [sumTo(da, a.shape), sumTo(db, b.shape)]
  }

/** dy where the condition holds, zero elsewhere. */
export const only = (condition: Value, dy: Value): Value => where(condition, dy, 0)
