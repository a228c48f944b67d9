import type { AttributeProto, GraphProto, NodeProto, TensorProto } from 'onnx-buf'
import { shapeError, unsupportedOp } from '../core/index.ts'
import { formatShape, sameShape, sizeOf, type Tensor, tensor } from '../tensor/index.ts'
import { normalizeAxis } from './operators/broadcast.ts'
import { type ReadExternal, readQuantised, readTensor } from './read-tensor.ts'

/** Weights that were stored quantised, as floats. */
export interface Dequantized {
  /** By the names of the outputs of the nodes that made floats of them. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** The nodes without these. */
  readonly nodes: readonly NodeProto[]
  /** The stored tensors that are still needed. */
  readonly initializers: readonly TensorProto[]
}

/**
 * Computes every DequantizeLinear of stored integers once, y = (x − zero) · scale, so that nothing of
 * the quantisation is left.
 * @throws UnsupportedOp when a quantised graph computes in integers as well
 */
export function dequantize(proto: GraphProto, place: string, external: ReadExternal): Dequantized {
  const stored = new Map(proto.initializer.map((one) => [one.name, one]))
  const weights = new Map<string, Tensor>()
  const nodes = proto.node.filter((node) => {
    const [name = '', scaleName = '', zeroName = ''] = node.input
    const [x, scale, zero] = [stored.get(name), stored.get(scaleName), stored.get(zeroName)]
    if (node.opType !== 'DequantizeLinear' || x === undefined || scale === undefined) return true
    // a zero point that is computed is one too
    if (zeroName !== '' && zero === undefined) return true
    const what = `${place}: initializer "${name}"`
    const numbers = readQuantised(x, what, external)
    if (numbers === undefined) return true
    weights.set(
      node.output[0]!,
      dequantized({
        what,
        x: numbers,
        scale: readTensor(scale, `${place}: initializer "${scaleName}"`, external),
        zero: zero && readQuantised(zero, `${place}: initializer "${zeroName}"`, external),
        axis: intAttribute(node.attribute, 'axis') ?? 1,
        block: intAttribute(node.attribute, 'block_size') ?? 0,
      }),
    )
    return false
  })
  if (weights.size === 0) return { weights, nodes, initializers: proto.initializer }
  const needed = new Set(nodes.flatMap(({ input }) => input))
  for (const { name } of proto.output) needed.add(name)
  const initializers = proto.initializer.filter(({ name }) => needed.has(name))
  return { weights, nodes, initializers }
}

/** @throws UnsupportedOp for an operator that computes with quantised numbers */
export function assertNotQuantised({ opType }: NodeProto, what: string): void {
  if (/^Q[A-Z]|[Qq]uantize|Integer$|NBits$|Bnb4$/.test(opType))
    throw unsupportedOp(
      `${what} computes with quantised numbers, which have no gradient; take the file of this model that is not quantised (of float32 or float16)`,
    )
}

function dequantized(given: {
  readonly what: string
  readonly x: Tensor
  readonly scale: Tensor
  readonly zero: Tensor | undefined
  readonly axis: number
  readonly block: number
}): Tensor {
  const { what, x, scale, zero, block } = given
  const data = new Float32Array(sizeOf(x.shape))
  const single = sizeOf(scale.shape) === 1 && block === 0
  const axis = single ? 0 : normalizeAxis(what, given.axis, x.shape.length)
  const length = single ? 1 : x.shape[axis]!
  const inner = single ? data.length : sizeOf(x.shape.slice(axis + 1))
  const perAxis = block === 0 ? length : Math.ceil(length / block)
  const wanted = x.shape.map((size, i) => (i === axis ? perAxis : size))
  const fits = block === 0 ? sizeOf(scale.shape) === perAxis : sameShape(scale.shape, wanted)
  if (!fits || (zero !== undefined && zero.data.length !== scale.data.length))
    throw shapeError(
      `${what} of shape ${formatShape(x.shape)} has scales of shape ${formatShape(scale.shape)} along axis ${axis}; the file is damaged`,
    )
  for (let i = 0; i < data.length; i++) {
    const along = Math.floor(i / inner) % length
    const place =
      block === 0
        ? along
        : (Math.floor(i / (inner * length)) * perAxis + Math.floor(along / block)) * inner +
          (i % inner)
    data[i] = (Number(x.data[i]) - Number(zero?.data[place] ?? 0)) * Number(scale.data[place])
  }
  return tensor('float32', x.shape, data)
}

const intAttribute = (list: readonly AttributeProto[], name: string): number | undefined => {
  const found = list.find((attribute) => attribute.name === name)
  return found === undefined ? undefined : Number(found.i)
}
