import { invalidInput } from '../core/index.ts'
import type { Computed, Node, Value } from './value.ts'

/** Everything reachable from some outputs, each thing after what it needs. */
export interface Reachable {
  readonly nodes: readonly Node[]
  /** Inputs, constants and parameters, in the order they are first met. */
  readonly leaves: readonly Value[]
}

/**
 * Sorts the graph behind `outputs` topologically.
 * @param isLeaf computed Values that are to be taken as they are, without what they are computed from
 * @throws InvalidInput when the graph has a cycle
 */
export function reachable(
  outputs: readonly Value[],
  isLeaf: (value: Computed) => boolean = () => false,
): Reachable {
  const nodes: Node[] = []
  const leaves = new Set<Value>()
  const done = new Set<Node>()
  const open = new Set<Node>()
  for (const output of outputs) {
    // An explicit stack: graphs of deep networks are deeper than JavaScript's own.
    const stack: { node: Node; next: number }[] = []
    const enter = (value: Value | null): void => {
      if (value === null) return
      if (value.kind !== 'computed' || isLeaf(value)) {
        leaves.add(value)
        return
      }
      if (done.has(value.node)) return
      if (open.has(value.node))
        throw invalidInput(`graph: ${value.node.op} depends on itself; a graph must have no cycle`)
      open.add(value.node)
      stack.push({ node: value.node, next: 0 })
    }
    enter(output)
    while (stack.length > 0) {
      const top = stack.at(-1)!
      if (top.next < top.node.inputs.length) enter(top.node.inputs[top.next++] ?? null)
      else {
        stack.pop()
        open.delete(top.node)
        done.add(top.node)
        nodes.push(top.node)
      }
    }
  }
  return { nodes, leaves: [...leaves] }
}
