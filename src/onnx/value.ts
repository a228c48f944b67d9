import { shapeError } from '../core/index.ts'
import {
  type DType,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../tensor/index.ts'
import type { Attributes } from './attribute.ts'

/**
 * An array in a graph: what it holds (dtype, shape) and where it comes from.
 *
 * Values are immutable and form the graph by pointing at what they are computed from, so a graph
 * needs no builder object: whatever is reachable from the outputs is the graph.
 */
export type Value = Input | Constant | Parameter | Computed

interface Described {
  readonly dtype: DType
  readonly shape: Shape
}

/** Given at every run. */
export interface Input extends Described {
  readonly kind: 'input'
  readonly name: string
}

/** Written into the graph. */
export interface Constant extends Described {
  readonly kind: 'constant'
  readonly data: Tensor['data']
}

/** Learned, or kept from step to step: `data` is its value now. */
export interface Parameter extends Described {
  readonly kind: 'parameter'
  readonly data: Tensor['data']
  /** `weight` follows gradients; `statistic` (running mean, ...) is updated by its own rule. */
  readonly role: 'weight' | 'statistic'
}

/** One output of a node. */
export interface Computed extends Described {
  readonly kind: 'computed'
  readonly node: Node
  /** Which of the node's outputs. */
  readonly output: number
  /** What it holds at every run, where that follows from the shapes of the graph alone. */
  readonly known: Tensor['data'] | undefined
}

/** One application of an ONNX operator. */
export interface Node {
  readonly op: string
  /** What the file calls it that it was read from. */
  readonly name: string | undefined
  /** Operator set: '' is ONNX itself. */
  readonly domain: string
  /** null where an optional input is left out. */
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
  readonly outputs: readonly Computed[]
  /** Its own gradient, where the operator's general rule would be wasteful or wrong. */
  readonly gradient: GradientRule | undefined
  /** What it stands for, where it is no operator of ONNX. */
  readonly expansion: Expansion | undefined
}

/** An operator's name with its domain: `Gelu`, `com.microsoft.Gelu`. */
export const operatorName = ({ op, domain }: Pick<Node, 'op' | 'domain'>): string =>
  domain === '' ? op : `${domain}.${op}`

/** The domain of nodes that stand for others: composites, which files never hold. */
export const compositeDomain = 'vitrine'

/** The outputs of a node as functions of its inputs, in operators of ONNX alone. */
export type Expansion = (inputs: readonly (Value | null)[]) => readonly Value[]

/**
 * The gradient of one operator: from the gradients of a node's outputs to those of its inputs.
 *
 * @param gradients one for each output; undefined where the loss does not depend on it
 * @returns one for each input; undefined (or a shorter list) where no gradient passes. What the
 *   backward pass does not need is never computed, so a rule may return more than is asked for.
 */
export type GradientRule = (
  node: Node,
  gradients: readonly (Value | undefined)[],
) => readonly (Value | undefined)[]

/** A graph input. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Input {
  return { kind: 'input', name, shape, dtype }
}

/** A constant with this content. */
export function constant({ dtype, shape, data }: Tensor): Constant {
  return { kind: 'constant', dtype, shape, data }
}

/** A float32 scalar constant, shape []. */
export function scalar(x: number): Constant {
  return constant(tensor('float32', [], Float32Array.of(x)))
}

/** A one-dimensional int64 constant: the way ONNX takes axes and shapes. */
export function integers(values: readonly number[]): Constant {
  return constant(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)))
}

/** A parameter that starts with this content (kept, not copied). */
export function parameter(
  { dtype, shape, data }: Tensor,
  role: Parameter['role'] = 'weight',
): Parameter {
  return { kind: 'parameter', dtype, shape, data, role }
}

/** The rule of a node whose outputs are constants to the backward pass. */
export const noGradient: GradientRule = () => []

/** What a node is made of; see {@link compute}. */
export interface NodeOptions {
  readonly op: string
  readonly name?: string | undefined
  readonly inputs: readonly (Value | null)[]
  readonly attributes?: Attributes
  readonly outputs: readonly Described[]
  /** What the outputs hold at every run, for those of which that is known. */
  readonly known?: readonly (Tensor['data'] | undefined)[]
  readonly domain?: string
  readonly gradient?: GradientRule | undefined
  readonly expansion?: Expansion | undefined
}

/** Applies an operator with several outputs. */
export function compute(options: NodeOptions): Computed[] {
  const outputs: Computed[] = []
  const { op, name, inputs, attributes = {}, domain = '', known = [] } = options
  const { gradient, expansion } = options
  const node: Node = { op, name, domain, inputs, attributes, outputs, gradient, expansion }
  options.outputs.forEach(({ dtype, shape }, output) => {
    if (!shape.every((axis) => Number.isInteger(axis) && axis >= 0))
      throw shapeError(`${op}: its output would have shape ${formatShape(shape)}`)
    outputs.push({ kind: 'computed', dtype, shape, node, output, known: known[output] })
  })
  return outputs
}

/** The same node on other inputs of the same shapes. */
export function reapply(node: Node, inputs: readonly (Value | null)[]): Computed[] {
  return compute({ ...node, inputs, known: node.outputs.map(({ known }) => known) })
}

/** Applies an operator with one output. */
export function apply(
  op: string,
  inputs: readonly (Value | null)[],
  { dtype, shape }: Described,
  attributes: Attributes = {},
): Computed {
  return compute({ op, inputs, attributes, outputs: [{ dtype, shape }] })[0]!
}

/** What a Value holds at every run; undefined where that depends on what is fed or learned. */
export function contentOf(value: Value): Tensor['data'] | undefined {
  if (value.kind === 'constant') return value.data
  return value.kind === 'computed' ? value.known : undefined
}

/** How many elements a Value holds. */
export function elements(value: Value): number {
  return sizeOf(value.shape)
}

/** What a parameter becomes after a step. */
export interface StateUpdate {
  readonly state: Parameter
  readonly next: Value
}
