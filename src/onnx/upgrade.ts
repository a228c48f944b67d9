import { unsupportedOp } from '../core/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { type Attributes, floatOf, int, intOf, ints, intsOf, text, textOf } from './attribute.ts'
import { like } from './operators/broadcast.ts'
import { integers, type Value } from './value.ts'

/** A node with Values for inputs, as an upgrade takes and gives it. */
export interface Applied {
  readonly op: string
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
}

/** Where a node stands: what an upgrade may need to know. */
export interface Standing {
  /** The operator set that it is written in. */
  readonly opset: number
  /** The shape of its first output. */
  readonly shape: Shape
  /** How many outputs it has. */
  readonly outputs: number
}

type Upgrade = (node: Applied, standing: Standing) => Applied

const without = (attributes: Attributes, ...names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))

/** An attribute of integers that became the second input in some operator set. */
const axesAsInput =
  (since: number, name = 'axes'): Upgrade =>
  (node, { opset }) => {
    const { inputs, attributes } = node
    if (opset >= since || attributes[name] === undefined) return node
    const axes = integers(intsOf(attributes, name, []))
    return { ...node, inputs: [inputs[0]!, axes], attributes: without(attributes, name) }
  }

/** Before 13 it flattened everything from its axis on; the same where that is the last axis. */
const softmax: Upgrade = (node, { opset, shape }) => {
  if (opset >= 13) return node
  const axis = intOf(node.attributes, 'axis', 1)
  if (axis !== -1 && axis !== shape.length - 1)
    throw unsupportedOp(
      `${node.op} of operator set ${opset} over several axes is not read; export the model for operator set 13 or later`,
    )
  return { ...node, attributes: { ...node.attributes, axis: int(-1) } }
}

/** auto_pad as numbers, which the shapes allow. */
const padded: Upgrade = (node) => {
  const mode = textOf(node.attributes, 'auto_pad', 'NOTSET')
  if (mode === 'NOTSET') return node
  const attributes = without(node.attributes, 'auto_pad', 'pads')
  if (mode === 'VALID') return { ...node, attributes }
  const [x, weight] = node.inputs
  const kernel = intsOf(attributes, 'kernel_shape', weight?.shape.slice(2) ?? [])
  const totals = kernel.map((size, i) => {
    const length = x!.shape[i + 2]!
    const stride = intsOf(attributes, 'strides', [])[i] ?? 1
    const reach = (intsOf(attributes, 'dilations', [])[i] ?? 1) * (size - 1) + 1
    return Math.max((Math.ceil(length / stride) - 1) * stride + reach - length, 0)
  })
  const small = totals.map((total) => Math.floor(total / 2))
  const large = totals.map((total, i) => total - small[i]!)
  const pads = mode === 'SAME_LOWER' ? [...large, ...small] : [...small, ...large]
  return { ...node, attributes: { ...attributes, pads: ints(pads) } }
}

const upgrades: Readonly<Record<string, Upgrade>> = {
  ReduceSum: axesAsInput(13),
  Squeeze: axesAsInput(13),
  Unsqueeze: axesAsInput(13),
  ...Object.fromEntries(
    ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map((name) => [
      `Reduce${name}`,
      axesAsInput(18),
    ]),
  ),
  Split: (node, standing) => {
    const split = axesAsInput(13, 'split')(node, standing)
    if (standing.opset >= 18 || split.inputs[1] != null) return split
    return { ...split, attributes: { ...split.attributes, num_outputs: int(standing.outputs) } }
  },
  Slice: (node, { opset }) => {
    if (opset >= 10) return node
    const [starts, ends] = ['starts', 'ends'].map((name) => intsOf(node.attributes, name, []))
    const axes = intsOf(node.attributes, 'axes', [...starts!.keys()])
    const inputs = [node.inputs[0]!, integers(starts!), integers(ends!), integers(axes)]
    return { ...node, inputs, attributes: {} }
  },
  Clip: (node, { opset }) => {
    if (opset >= 11) return node
    const [x] = node.inputs
    const limit = (name: string): Value | null =>
      node.attributes[name] === undefined ? null : like(floatOf(node.attributes, name, 0), x!)
    return { ...node, inputs: [x!, limit('min'), limit('max')], attributes: {} }
  },
  Pad: (node, { opset }) => {
    if (opset >= 11) return node
    const [x] = node.inputs
    const value = floatOf(node.attributes, 'value', 0)
    const inputs = [x!, integers(intsOf(node.attributes, 'pads', [])), like(value, x!)]
    return { ...node, inputs, attributes: without(node.attributes, 'pads', 'value') }
  },
  // In a trained model it lets everything through.
  Dropout: (node, { outputs }) => {
    if (outputs > 1)
      throw unsupportedOp(
        'Dropout with its mask as an output is not read; export the model for inference',
      )
    return { op: 'Identity', inputs: node.inputs.slice(0, 1), attributes: {} }
  },
  BatchNormalization: (node) => ({
    ...node,
    attributes: without(node.attributes, 'spatial', 'is_test', 'consumed_inputs', 'momentum'),
  }),
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  Conv: padded,
  MaxPool: padded,
  AveragePool: padded,
  GridSample: (node, { opset }) => {
    const mode = textOf(node.attributes, 'mode', 'bilinear')
    const renamed = { bilinear: 'linear', bicubic: 'cubic' }[mode]
    if (opset >= 20 || renamed === undefined) return node
    return { ...node, attributes: { ...node.attributes, mode: text(renamed) } }
  },
  Upsample: (_, { opset }) => {
    throw unsupportedOp(
      `Upsample of operator set ${opset} is not read; export the model for 11 or later`,
    )
  },
  Resize: (node, { opset }) => {
    if (opset >= 11) return node
    throw unsupportedOp(
      `Resize of operator set ${opset} is not read; export the model for 11 or later`,
    )
  },
}

/**
 * A node of an older operator set in the form of the one that Vitrine writes.
 * @throws UnsupportedOp where that form has no equal
 */
export function upgrade(node: Applied, standing: Standing): Applied {
  return upgrades[node.op]?.(node, standing) ?? node
}

/** What a Constant node holds. */
export function constantOf(attributes: Attributes) {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name === 'value' && attribute.type === 'tensor') return attribute.value
    if (name === 'value_float' && attribute.type === 'float')
      return tensor('float32', [], Float32Array.of(attribute.value))
    if (name === 'value_floats' && attribute.type === 'floats')
      return tensor('float32', [attribute.value.length], Float32Array.from(attribute.value))
    if (name === 'value_int' && attribute.type === 'int')
      return tensor('int64', [], BigInt64Array.of(BigInt(attribute.value)))
    if (name === 'value_ints' && attribute.type === 'ints')
      return tensor('int64', [attribute.value.length], BigInt64Array.from(attribute.value, BigInt))
  }
  throw unsupportedOp('Constant: it holds neither numbers nor a tensor, which is not read')
}
