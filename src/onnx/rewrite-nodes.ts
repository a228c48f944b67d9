import { reachable } from './order.ts'
import { type Node, reapply, type Value } from './value.ts'

/**
 * The same outputs with some nodes replaced. Values that do not depend on such a node stay the same
 * objects.
 * @param rewrite what stands for the outputs of a node, on inputs that are rewritten already; undefined
 *   where the node stays
 */
export function rewriteNodes(
  outputs: Readonly<Record<string, Value>>,
  rewrite: (node: Node, inputs: readonly (Value | null)[]) => readonly Value[] | undefined,
): Readonly<Record<string, Value>> {
  const replaced = new Map<Value, Value>()
  const now = (value: Value): Value => replaced.get(value) ?? value
  for (const node of reachable(Object.values(outputs)).nodes) {
    const inputs = node.inputs.map((value) => (value === null ? null : now(value)))
    const isSame = inputs.every((value, i) => value === node.inputs[i])
    const meant = rewrite(node, inputs) ?? (isSame ? node.outputs : reapply(node, inputs))
    node.outputs.forEach((output, i) => {
      if (meant[i] !== output) replaced.set(output, meant[i]!)
    })
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, now(value)]))
}
