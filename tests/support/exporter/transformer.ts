import type { ExportedGraph } from './graph.ts'

/** Parts of transformers as PyTorch's exporter writes them before operator set 17. For tests only. */
export interface Sizes {
  readonly width: number
  readonly layers: number
  readonly heads: number
}

/** What differs between transformers. For tests only. */
export interface BlockStyle {
  /** Where the parameters of a block are: `vision_model.encoder.layers.0.` */
  readonly prefix: string
  readonly activation: 'gelu' | 'quick_gelu'
  /** Whether each branch is scaled by learned numbers before it is added. */
  readonly layerScale?: boolean
  /** Whether the sum is normalised, as in BERT, or what goes into a branch. */
  readonly normalizeAfter?: boolean
  /** Added to the scores of attention. */
  readonly bias?: string
}

/** The size of an axis as the graph computes it. For tests only. */
export const dim = (g: ExportedGraph, x: string, axis: number): string =>
  g.node('Gather', [g.node('Shape', [x]), g.constant(axis)], { axis: 0 })

/** New axes of size 1; their places became an input in operator set 13. For tests only. */
export const unsqueeze = (g: ExportedGraph, x: string, axes: readonly number[]): string =>
  g.opset < 13 ? g.node('Unsqueeze', [x], { axes }) : g.node('Unsqueeze', [x, g.constant(axes)])

/** A shape of sizes that are computed and sizes that are known. For tests only. */
export const shapeOf = (g: ExportedGraph, sizes: readonly (string | number)[]): string =>
  g.node(
    'Concat',
    sizes.map((size) => (typeof size === 'number' ? g.constant([size]) : unsqueeze(g, size, [0]))),
    { axis: 0 },
  )

/** x Wᵀ + b, W turned when it was exported. For tests only. */
export function linear(
  g: ExportedGraph,
  x: string,
  {
    name,
    inputs,
    outputs,
  }: { readonly name: string; readonly inputs: number; readonly outputs: number },
): string {
  const range = Math.sqrt(3 / inputs)
  const product = g.node('MatMul', [x, g.weight(`onnx::MatMul_${name}`, [inputs, outputs], range)])
  return g.node('Add', [g.weight(`${name}.bias`, [outputs], 0.1), product])
}

/** (x − μ) / √(σ² + ε) · scale + shift, in eight operators. For tests only. */
export function layerNorm(g: ExportedGraph, x: string, name: string, width: number): string {
  const centred = g.node('Sub', [x, g.node('ReduceMean', [x], { axes: [-1] })])
  const square = g.node('Pow', [centred, g.constant(2, 'float32')])
  const variance = g.node('ReduceMean', [square], { axes: [-1] })
  const deviation = g.node('Sqrt', [g.node('Add', [variance, g.constant(1e-5, 'float32')])])
  const normal = g.node('Div', [centred, deviation])
  const scaled = g.node('Mul', [normal, g.weight(`${name}.weight`, [width], 0.3, 1)])
  return g.node('Add', [scaled, g.weight(`${name}.bias`, [width], 0.1)])
}

function activate(g: ExportedGraph, x: string, kind: BlockStyle['activation']): string {
  if (kind === 'quick_gelu')
    return g.node('Mul', [x, g.node('Sigmoid', [g.node('Mul', [x, g.constant(1.702, 'float32')])])])
  const erf = g.node('Erf', [g.node('Div', [x, g.constant(Math.SQRT2, 'float32')])])
  const both = g.node('Mul', [x, g.node('Add', [erf, g.constant(1, 'float32')])])
  return g.node('Mul', [both, g.constant(0.5, 'float32')])
}

function attention(g: ExportedGraph, x: string, sizes: Sizes, style: BlockStyle): string {
  const { width, heads } = sizes
  const each = width / heads
  const [batch, length] = [dim(g, x, 0), dim(g, x, 1)]
  const part = (name: string): string =>
    linear(g, x, { name: `${style.prefix}self_attn.${name}_proj`, inputs: width, outputs: width })
  const split = (y: string, perm: readonly number[]): string =>
    g.node('Transpose', [g.node('Reshape', [y, shapeOf(g, [batch, length, heads, each])])], {
      perm,
    })
  const q = g.node('Mul', [part('q'), g.constant(each ** -0.5, 'float32')])
  const scores = g.node('MatMul', [split(q, [0, 2, 1, 3]), split(part('k'), [0, 2, 3, 1])])
  const biased = style.bias === undefined ? scores : g.node('Add', [scores, style.bias])
  const shares = g.node('Softmax', [biased], { axis: -1 })
  const mixed = g.node('MatMul', [shares, split(part('v'), [0, 2, 1, 3])])
  const joined = g.node('Reshape', [
    g.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
    shapeOf(g, [batch, length, width]),
  ])
  const name = `${style.prefix}self_attn.out_proj`
  return linear(g, joined, { name, inputs: width, outputs: width })
}

/** Attention and perceptron with their ways around them. For tests only. */
export function block(g: ExportedGraph, x: string, sizes: Sizes, style: BlockStyle): string {
  const { width } = sizes
  const { prefix, activation, layerScale, normalizeAfter } = style
  const branch = (from: string, i: 1 | 2): string => {
    const name = `${prefix}layer_norm${i}`
    const given = normalizeAfter ? from : layerNorm(g, from, name, width)
    const made = i === 1 ? attention(g, given, sizes, style) : perceptron(given)
    const scaled = layerScale
      ? g.node('Mul', [made, g.weight(`${prefix}layer_scale${i}.lambda1`, [width], 0.5, 1)])
      : made
    const sum = g.node('Add', [from, scaled])
    return normalizeAfter ? layerNorm(g, sum, name, width) : sum
  }
  const perceptron = (from: string): string => {
    const hidden = linear(g, from, { name: `${prefix}mlp.fc1`, inputs: width, outputs: 4 * width })
    return linear(g, activate(g, hidden, activation), {
      name: `${prefix}mlp.fc2`,
      inputs: 4 * width,
      outputs: width,
    })
  }
  return branch(branch(x, 1), 2)
}
