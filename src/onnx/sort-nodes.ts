import { invalidInput } from '../core/index.ts'
import { type GraphNode, type ModelGraph, nodeLabel } from './model-graph.ts'

/**
 * The nodes in an order in which each comes after those whose outputs it takes; nodes that are in
 * such an order stay as they are.
 *
 * @param place names the model in messages
 * @throws InvalidInput when a name is given twice or by nothing, or nodes depend on themselves
 */
export function sortNodes(graph: ModelGraph, place: string): GraphNode[] {
  const { inputs, outputs, nodes, initializers } = graph
  const ready = new Set<string>(initializers.keys())
  for (const { name } of inputs) {
    if (ready.has(name)) throw invalidInput(`${place}: two things are named "${name}"`)
    ready.add(name)
  }
  const giver = new Map<string, GraphNode>()
  for (const node of nodes)
    for (const name of node.outputs) {
      if (name === '') continue
      if (ready.has(name) || giver.has(name))
        throw invalidInput(`${place}: ${nodeLabel(node)} gives "${name}", which is given already`)
      giver.set(name, node)
    }
  for (const { name } of outputs)
    if (!ready.has(name) && !giver.has(name))
      throw invalidInput(`${place}: nothing gives its output "${name}"`)
  const sorted: GraphNode[] = []
  const waiting = new Map<GraphNode, number>()
  const takers = new Map<string, GraphNode[]>()
  for (const node of nodes) {
    let missing = 0
    for (const name of new Set(node.inputs)) {
      if (name === '' || ready.has(name)) continue
      if (!giver.has(name))
        throw invalidInput(`${place}: ${nodeLabel(node)} takes "${name}", which nothing gives`)
      const list = takers.get(name)
      if (list === undefined) takers.set(name, [node])
      else list.push(node)
      missing++
    }
    waiting.set(node, missing)
    if (missing === 0) finish(node)
  }
  if (sorted.length < nodes.length) {
    const stuck = nodes.find((node) => waiting.get(node) !== 0)!
    throw invalidInput(
      `${place}: ${nodeLabel(stuck)} depends on itself or on nodes that do; a graph must have no cycle`,
    )
  }
  return sorted

  /** Adds a node and whatever waited for it alone, without recursion. */
  function finish(first: GraphNode): void {
    const open = [first]
    while (open.length > 0) {
      const node = open.pop()!
      sorted.push(node)
      for (const name of node.outputs) {
        if (name === '') continue
        ready.add(name)
        for (const taker of takers.get(name) ?? []) {
          const missing = waiting.get(taker)! - 1
          waiting.set(taker, missing)
          if (missing === 0) open.push(taker)
        }
      }
    }
  }
}
