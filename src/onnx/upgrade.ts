import { unsupportedOp } from '../core/index.ts'
import type { Shape } from '../tensor/index.ts'
import { floatOf, int, intOf, intsOf, text, textOf, without } from './attribute.ts'
import { like, normalizeAxis } from './operators/broadcast.ts'
import {
  type Applied,
  attention,
  flattenedSoftmax,
  groupNormalization,
  rmsNormalization,
  swish,
} from './upgrade-composed.ts'
import { padded, paddedTranspose } from './upgrade-padding.ts'
import { resize, upsample } from './upgrade-resize.ts'
import { integers, type Value } from './value.ts'

/** Where a node stands: what an upgrade may need to know. */
export interface Standing {
  /** The operator set that it is written in. */
  readonly opset: number
  /** The shape of its first output. */
  readonly shape: Shape
  /** How many outputs it has. */
  readonly outputs: number
}

/** The node in its new form, or what gives the same as it. */
type Upgrade = (node: Applied, standing: Standing) => Applied | Value

const refuse =
  (reason: string): Upgrade =>
  ({ op }, { opset }) => {
    throw unsupportedOp(`${op} of operator set ${opset} ${reason}`)
  }

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
  const axis = normalizeAxis(node.op, intOf(node.attributes, 'axis', 1), shape.length)
  if (axis < shape.length - 1) return flattenedSoftmax(node, axis)
  return { ...node, attributes: { ...node.attributes, axis: int(-1) } }
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
  Split: (node, { opset, outputs }) => {
    if (opset < 13 && node.attributes.split !== undefined)
      return axesAsInput(13, 'split')(node, { opset, outputs, shape: [] })
    if (opset >= 18 || node.inputs[1] != null) return node
    return { ...node, attributes: { ...node.attributes, num_outputs: int(outputs) } }
  },
  TopK: (node, { opset }) => {
    const { inputs, attributes } = node
    if (opset >= 10) return node
    const most = integers([intOf(attributes, 'k', 1)])
    return { ...node, inputs: [inputs[0]!, most], attributes: without(attributes, 'k') }
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
  BatchNormalization: (node, { outputs }) => {
    if (outputs > 1 || intOf(node.attributes, 'spatial', 1) === 0)
      throw unsupportedOp(
        'BatchNormalization in its training form, or for each place of its own, is not read; export the model for inference',
      )
    const old = ['spatial', 'is_test', 'consumed_inputs', 'training_mode']
    return { ...node, attributes: without(node.attributes, ...old) }
  },
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  Conv: padded,
  MaxPool: padded,
  AveragePool: padded,
  LpPool: padded,
  ConvTranspose: (node, { shape }) => paddedTranspose(node, shape),
  GridSample: (node, { opset }) => {
    const mode = textOf(node.attributes, 'mode', 'bilinear')
    const renamed = { bilinear: 'linear', bicubic: 'cubic' }[mode]
    if (opset >= 20 || renamed === undefined) return node
    return { ...node, attributes: { ...node.attributes, mode: text(renamed) } }
  },
  Upsample: upsample,
  Resize: (node, { opset }) => resize(node, opset),
  DFT: (node, standing) =>
    standing.opset >= 20
      ? node
      : refuse('is not read; export the model for operator set 20 or later')(node, standing),
  Scatter: (node) => ({ ...node, op: 'ScatterElements' }),
  RoiAlign: (node, { opset }) =>
    opset >= 16
      ? node
      : {
          ...node,
          attributes: {
            ...node.attributes,
            coordinate_transformation_mode: text('output_half_pixel'),
          },
        },
  // Newer forms, brought back to that of operator set 20.
  Cast: (node) => ({ ...node, attributes: without(node.attributes, 'round_mode') }),
  GroupNormalization: (node, { opset }) => (opset >= 21 ? groupNormalization(node) : node),
  RMSNormalization: rmsNormalization,
  Swish: swish,
  Attention: (node, { outputs }) => attention(node, outputs),
  RotaryEmbedding: refuse('is not read yet; export the model for operator set 22 or older'),
  TensorScatter: refuse('is not read; export the model without its cache'),
}

/**
 * A node of another operator set in the form of the one that Vitrine writes, or what gives the same.
 * @throws UnsupportedOp where that set has no equal
 */
export function upgrade(node: Applied, standing: Standing): Applied | Value {
  return upgrades[node.op]?.(node, standing) ?? node
}
