import { invalidInput } from '../../core/index.ts'
import { nodeOf, type TfNode } from './model-json.ts'

/**
 * The nodes that some of them need, each after those whose outputs it takes.
 * @param wanted names of nodes
 * @throws InvalidInput when two nodes share a name, one is missing, or nodes depend on themselves
 */
export function orderNodes(
  nodes: readonly TfNode[],
  wanted: readonly string[],
  place: string,
): TfNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  if (byName.size !== nodes.length)
    throw invalidInput(`${place}: two nodes share a name; the file is damaged`)
  const ordered = new Set<TfNode>()
  const entered = new Set<string>()
  const open = wanted.map((name) => ({ name, taker: 'an output' }))
  while (open.length > 0) {
    const { name, taker } = open.at(-1)!
    const node = byName.get(name)
    if (node === undefined)
      throw invalidInput(
        `${place}: ${taker} takes "${name}", which is no node; the file is damaged`,
      )
    const missing = dataInputs(node)
      .map(nodeOf)
      .filter((input) => !ordered.has(byName.get(input)!))
    if (ordered.has(node) || missing.length === 0) {
      ordered.add(node)
      open.pop()
      continue
    }
    if (entered.has(name))
      throw invalidInput(`${place}: node "${name}" depends on itself; a graph must have no cycle`)
    entered.add(name)
    for (const input of missing) open.push({ name: input, taker: `node "${name}"` })
  }
  return [...ordered]
}

/** References to tensors, without those (`^name`) that only say what runs first. */
export const dataInputs = ({ input }: TfNode): readonly string[] =>
  input.filter((reference) => !reference.startsWith('^'))
