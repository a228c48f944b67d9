import { unsupportedOp } from '../core/index.ts'
import {
  apply,
  compute,
  constant,
  expand,
  type GradientRule,
  int,
  intOf,
  intsOf,
  mul,
  type Node,
  reshape,
  text,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { allocate, type Shape, sizeOf } from '../tensor/index.ts'
import { alongAxis, type Matrix } from './along-axes.ts'

/** The gradient of each maximum goes to the first place in its window that holds it. */
const maxPoolRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const y = node.outputs[0]!
  assertSeeing(node)
  const attributes = { ...node.attributes, storage_order: int(0) }
  const places = { dtype: 'int64' as const, shape: y.shape }
  const [, indices] = compute({ op: 'MaxPool', inputs: [x], attributes, outputs: [y, places] })
  const size = sizeOf(x.shape)
  return [reshape(scatterAdd([size], reshape(indices!, [-1]), reshape(dy!, [-1])), x.shape)]
}

/** A window that holds nothing but padding has no maximum, and onnxruntime makes up an index. */
function assertSeeing(node: Node): void {
  node.inputs[0]!.shape.slice(2).forEach((size, i) => {
    if (!windowsAlong(node, i).every((taps) => taps.some((place) => place >= 0 && place < size)))
      throw unsupportedOp('MaxPool: windows that lie wholly in the padding have no gradient')
  })
}

const globalMaxPoolRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const [n, c] = x.shape as [number, number, ...number[]]
  const lines = reshape(x, [n * c, -1])
  const first = apply(
    'ArgMax',
    [lines],
    { dtype: 'int64', shape: [n * c, 1] },
    { axis: int(1), keepdims: int(1) },
  )
  return [reshape(scatterAdd(lines.shape, first, reshape(dy!, [n * c, 1])), x.shape)]
}

/** Zeros of a shape with updates added at places along the last axis. */
function scatterAdd(shape: Shape, indices: Value, updates: Value): Value {
  const { dtype } = updates
  const zeros = expand(constant({ dtype, shape: [], data: allocate(dtype, 1) }), shape)
  return apply(
    'ScatterElements',
    [zeros, indices, updates],
    { dtype, shape },
    { axis: int(-1), reduction: text('add') },
  )
}

/** A mean over windows is linear, axis by axis: the gradient is the product with the transposes. */
const averagePoolRule: GradientRule = (node, [dy]) => {
  let dx = dy!
  for (let i = dx.shape.length - 3; i >= 0; i--) dx = alongAxis(dx, i + 2, shares(node, i))
  return [dx]
}

/** The share of each place along the i-th spatial axis in the mean of each window. [places, windows] */
function shares(node: Node, i: number): Matrix {
  const places = node.inputs[0]!.shape[i + 2]!
  const pads = intsOf(node.attributes, 'pads', [])
  const [before = 0, behind = 0] = [pads[i], pads[i + pads.length / 2]]
  const padded = intOf(node.attributes, 'count_include_pad', 0) === 1
  const [low, high] = padded ? [-before, places + behind] : [0, places]
  const windows = windowsAlong(node, i).map((taps) =>
    taps.filter((place) => place >= low && place < high),
  )
  return Array.from({ length: places }, (_, place) =>
    windows.map((taps) => (taps.includes(place) ? 1 / taps.length : 0)),
  )
}

/** The places that each window covers along the i-th spatial axis; padding lies outside [0, size). */
function windowsAlong(node: Node, i: number): number[][] {
  const auto = textOf(node.attributes, 'auto_pad', 'NOTSET')
  if (auto !== 'NOTSET' && auto !== 'VALID')
    throw unsupportedOp(`${node.op}: auto_pad ${auto} is not read here; write its pads as numbers`)
  const at = (name: string, otherwise: number): number =>
    intsOf(node.attributes, name, [])[i] ?? otherwise
  const [stride, dilation, before] = [at('strides', 1), at('dilations', 1), at('pads', 0)]
  return Array.from({ length: node.outputs[0]!.shape[i + 2]! }, (_, window) =>
    Array.from(
      { length: at('kernel_shape', 1) },
      (_, tap) => window * stride - before + tap * dilation,
    ),
  )
}

/** Rules of pooling. */
export const poolingRules: Readonly<Record<string, GradientRule>> = {
  MaxPool: maxPoolRule,
  AveragePool: averagePoolRule,
  GlobalAveragePool: (node, [dy]) => {
    const { shape } = node.inputs[0]!
    return [expand(mul(dy!, 1 / sizeOf(shape.slice(2))), shape)]
  },
  GlobalMaxPool: globalMaxPoolRule,
}
