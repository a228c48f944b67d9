import { reachable } from './order.ts'
import { reapply, type Value } from './value.ts'

/**
 * The same outputs with every node that stands for others replaced by them. Values that do not
 * depend on such a node stay the same objects.
 */
export function expandComposites(
  outputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const { nodes } = reachable(Object.values(outputs))
  if (nodes.every(({ expansion }) => expansion === undefined)) return outputs
  const replaced = new Map<Value, Value>()
  const now = (value: Value): Value => replaced.get(value) ?? value
  for (const node of nodes) {
    const inputs = node.inputs.map((value) => (value === null ? null : now(value)))
    if (node.expansion !== undefined) {
      const meant = node.expansion(inputs)
      node.outputs.forEach((output, i) => {
        replaced.set(output, meant[i]!)
      })
    } else if (inputs.some((value, i) => value !== node.inputs[i])) {
      const copies = reapply(node, inputs)
      node.outputs.forEach((output, i) => {
        replaced.set(output, copies[i]!)
      })
    }
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, now(value)]))
}
