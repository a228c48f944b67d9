import {
  broadcastShape,
  compute,
  constant,
  expand,
  type Node,
  neg,
  reshape,
  type Value,
} from '../../onnx/index.ts'
import { sameShape, sizeOf, tensor } from '../../tensor/index.ts'
import { type Layout, shapeIn } from './layout.ts'
import { channelwise } from './lower-convolution.ts'
import type { Places } from './places.ts'

/** An elementwise node in the layout of its output; undefined where an operand does not allow it. */
export function lowerElementwise(node: Node, layout: Layout, places: Places): Value | undefined {
  const [output] = node.outputs as [Value]
  const affine = layout === 'channels' ? lowerChannelwise(node, places) : undefined
  if (affine !== undefined) return affine
  const inputs: (Value | null)[] = []
  for (const value of node.inputs) {
    const operand = value === null ? null : operandIn(value, output, { layout, places })
    if (operand === undefined) return undefined
    inputs.push(operand)
  }
  const shape = shapeIn(layout, output.shape, places.block)
  const present = inputs.filter((value) => value !== null)
  const covers = present.reduce<readonly number[]>(
    (known, value) => broadcastShape(node.op, known, value.shape),
    [],
  )
  if (!sameShape(covers, shape)) return undefined
  return compute({ ...node, inputs, outputs: [{ dtype: output.dtype, shape }] })[0]!
}

/** Repetition of a blocked Value along its axes of size 1. */
export function lowerExpand(node: Node, places: Places): Value | undefined {
  const [output] = node.outputs as [Value]
  const operand = operandIn(node.inputs[0]!, output, { layout: 'channels', places })
  if (operand === undefined) return undefined
  return expand(operand, shapeIn('channels', output.shape, places.block))
}

/** x · s, x + s, x − s with one s for each channel: one pass of a kernel that is faster at it. */
function lowerChannelwise({ op, inputs, outputs }: Node, places: Places): Value | undefined {
  const [a, b] = inputs
  const [output] = outputs as [Value]
  if (a == null || b == null || output.dtype !== 'float32') return undefined
  const [x, s] = sameShape(a.shape, output.shape) ? [a, b] : [b, a]
  const channels = output.shape[1]!
  const perChannel =
    s.shape.length > 2 && s.shape.at(-3) === channels && sizeOf(s.shape) === channels
  if (!perChannel || channels === 1 || !sameShape(x.shape, output.shape)) return undefined
  const given = reshape(places.in('plain', s), [channels])
  const blocked = places.in('channels', x)
  const ones = constant(tensor('float32', [channels], new Float32Array(channels).fill(1)))
  if (op === 'Mul') return channelwise(blocked, x.shape, { scale: given })
  if (op === 'Add') return channelwise(blocked, x.shape, { scale: ones, shift: given })
  if (op === 'Sub' && x === a)
    return channelwise(blocked, x.shape, { scale: ones, shift: neg(given) })
  return undefined
}

/** An operand so that it broadcasts against an output in a layout; undefined where it cannot. */
function operandIn(
  value: Value,
  output: Value,
  { layout, places }: { readonly layout: Layout; readonly places: Places },
): Value | undefined {
  if (sameShape(value.shape, output.shape)) return places.in(layout, value)
  if (sizeOf(value.shape) === 1) {
    const plain = places.in('plain', value)
    return value.shape.length === 0 ? plain : reshape(plain, [])
  }
  if (layout === 'weights' || value.shape.length > 4) return undefined
  const shape = [...new Array<number>(4 - value.shape.length).fill(1), ...value.shape]
  const [n, c, h, w] = shape as [number, number, number, number]
  const { block } = places
  if (c === 1) return reshape(places.in('plain', value), [n, 1, h, w, 1])
  if (h * w === 1) return reshape(places.in('plain', value), [n, c / block, 1, 1, block])
  return value.shape.length === 4 ? places.in('channels', value) : undefined
}
