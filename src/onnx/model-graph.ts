import type { DType, Tensor } from '../tensor/index.ts'
import type { Attributes } from './attribute.ts'
import { operatorName } from './value.ts'

/** A model as plain data, as it stands in a file: nothing here is a {@link Value} yet. */
export interface ModelGraph {
  /** The version of ONNX's operator set that the nodes are written in. */
  readonly opset: number
  /** What a run is fed; initializers are not among them. */
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  /** Each after those whose outputs it takes. */
  readonly nodes: readonly GraphNode[]
  /** Stored content by name. */
  readonly initializers: ReadonlyMap<string, Tensor>
}

/** An input or output of a {@link ModelGraph}. */
export interface GraphValue {
  readonly name: string
  readonly dtype: DType
  /**
   * A number where an axis has one size, the file's name for it where it may have any, '?' where
   * it has not even a name; null where the file says nothing at all.
   */
  readonly shape: readonly (number | string)[] | null
}

/** One application of an operator, by names. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  /** '' is ONNX itself. */
  readonly domain: string
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[]
  /** '' where an output is not wanted. */
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** A node as messages name it: `Conv "conv1"`. */
export function nodeLabel(node: GraphNode): string {
  const { name, outputs } = node
  const called = name === '' ? (outputs.find((output) => output !== '') ?? '') : name
  return `${operatorName(node)} "${called}"`
}
