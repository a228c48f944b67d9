import { reachable } from './order.ts'
import { type Node, reapply, type Value } from './value.ts'

/**
 * The same outputs with every node that stands for others replaced by them. Values that do not
 * depend on such a node stay the same objects.
 * @param isKept which of these nodes stay; default: none
 */
export function expandComposites(
  outputs: Readonly<Record<string, Value>>,
  isKept: (node: Node) => boolean = () => false,
): Readonly<Record<string, Value>> {
  const { nodes } = reachable(Object.values(outputs))
  const isExpanded = (node: Node): boolean => node.expansion !== undefined && !isKept(node)
  if (!nodes.some(isExpanded)) return outputs
  const replaced = new Map<Value, Value>()
  const now = (value: Value): Value => replaced.get(value) ?? value
  for (const node of nodes) {
    const inputs = node.inputs.map((value) => (value === null ? null : now(value)))
    if (node.expansion !== undefined && isExpanded(node)) {
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
