import { invalidInput, unsupportedOp } from '../../core/index.ts'
import { contentOf } from '../value.ts'
import { textAttribute } from './attributes.ts'
import type { Layouts, Traced } from './layout.ts'
import type { TfNode } from './model-json.ts'

/** A node with its operands. */
export interface Call {
  readonly node: TfNode
  readonly inputs: readonly Traced[]
  readonly layouts: Layouts
}

/** Makes of a node what it computes: one tensor, or one for each of its outputs. */
export type Convert = (call: Call) => Traced | readonly Traced[]

/**
 * An operand.
 * @throws InvalidInput when there is none
 */
export function operand({ inputs }: Call, i: number): Traced {
  const found = inputs[i]
  if (found === undefined)
    throw invalidInput(`has ${inputs.length} inputs, wanted at least ${i + 1}; the file is damaged`)
  return found
}

/**
 * The numbers of an operand that must be known beforehand: axes, sizes, paddings.
 * @throws UnsupportedOp when they are computed from what is fed
 */
export function numbersOf(call: Call, i: number): number[] {
  const { value } = operand(call, i)
  const content = contentOf(value)
  if (content === undefined)
    throw unsupportedOp(`its input ${i} is computed from what is fed, wanted constants`)
  return Array.from(content, Number)
}

/** @throws UnsupportedOp for pictures that are not [N, H, W, C] */
export function assertChannelsLast({ node }: Call): void {
  const format = textAttribute(node.attr, 'data_format', 'NHWC')
  if (format !== 'NHWC')
    throw unsupportedOp(
      `its data_format is ${format}; only NHWC is read, as TensorFlow.js writes it`,
    )
}
