import { invalidInput } from '../core/index.ts'
import type { GraphNode, GraphValue, ModelGraph } from './model-graph.ts'

/**
 * The part of a graph that computes one of its values, which becomes its only output: a network
 * without its head.
 *
 * @param output name of an output or of any inner value
 * @throws InvalidInput when nothing has that name
 */
export function cutAt(graph: ModelGraph, output: string): ModelGraph {
  const givers = new Map<string, GraphNode>()
  for (const node of graph.nodes) for (const name of node.outputs) givers.set(name, node)
  if (!givers.has(output)) {
    const last = graph.nodes.slice(-4).flatMap(({ outputs }) => outputs)
    throw invalidInput(
      `model: it computes nothing named "${output}"; its outputs are ${named(graph.outputs.map(({ name }) => name))}, the last values before them ${named(last)}`,
    )
  }
  const needed = new Set<GraphNode>()
  const taken = new Set([output])
  // backwards each node comes after all that take its outputs
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => taken.has(name))) continue
    needed.add(node)
    for (const name of node.inputs) taken.add(name)
  }
  const known = graph.outputs.find(({ name }) => name === output)
  const described: GraphValue = known ?? { name: output, dtype: 'float32', shape: null }
  return {
    opset: graph.opset,
    inputs: graph.inputs.filter(({ name }) => taken.has(name)),
    outputs: [described],
    nodes: graph.nodes.filter((node) => needed.has(node)),
    initializers: new Map([...graph.initializers].filter(([name]) => taken.has(name))),
  }
}

const named = (names: readonly string[]): string =>
  names
    .filter((name) => name !== '')
    .map((name) => `"${name}"`)
    .join(', ')
