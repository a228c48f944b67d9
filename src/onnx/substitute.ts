import { reachable } from './order.ts'
import { reapply, type Value } from './value.ts'

/**
 * The same computation on other operands: wherever a Value of `by` is read, what stands for it is
 * read instead. Nodes that depend on none of them are shared with the old graph.
 */
export function substitute(values: readonly Value[], by: ReadonlyMap<Value, Value>): Value[] {
  const images = new Map(by)
  const imageOf = (value: Value): Value => images.get(value) ?? value
  for (const node of reachable(values).nodes) {
    const inputs = node.inputs.map((value) => (value === null ? null : imageOf(value)))
    if (inputs.every((value, i) => value === node.inputs[i])) continue
    reapply(node, inputs).forEach((output, i) => {
      if (!by.has(node.outputs[i]!)) images.set(node.outputs[i]!, output)
    })
  }
  return values.map(imageOf)
}
