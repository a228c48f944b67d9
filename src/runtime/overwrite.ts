import {
  type Node,
  type Parameter,
  reachable,
  type StateUpdate,
  type Value,
} from '../onnx/index.ts'
import { sameShape } from '../tensor/index.ts'

/** Operators that read each element of an input before they write the same element of their output. */
const elementwise: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'])
/** How many operations lie at most between the one that reads a state and its next value. */
const deepest = 4

/**
 * The states whose next value can be written over them while the graph runs: those that one
 * elementwise operation reads, on the way to that next value, and nothing else. Moments of an
 * optimizer and running statistics are such states; weights, which the backward pass reads, are not.
 */
export function statesToOverwrite(
  outputs: Readonly<Record<string, Value>>,
  updates: readonly StateUpdate[],
): ReadonlySet<Parameter> {
  const given = [...Object.values(outputs), ...updates.map(({ next }) => next)]
  const readers = new Map<Value, Set<Node>>()
  for (const node of reachable(given).nodes)
    for (const value of node.inputs)
      if (value?.kind === 'parameter')
        readers.set(value, (readers.get(value) ?? new Set()).add(node))
  const found = new Set<Parameter>()
  for (const { state, next } of updates) {
    const [reader, ...others] = readers.get(state) ?? []
    if (reader === undefined || others.length > 0 || given.includes(state)) continue
    const [{ shape } = { shape: [] }] = reader.outputs
    const aligned = elementwise.has(reader.op) && sameShape(shape, state.shape)
    if (aligned && comesFrom(next, reader, deepest)) found.add(state)
  }
  return found
}

function comesFrom(value: Value, node: Node, depth: number): boolean {
  if (value.kind !== 'computed' || depth === 0) return false
  if (value.node === node) return true
  return value.node.inputs.some((part) => part !== null && comesFrom(part, node, depth - 1))
}
