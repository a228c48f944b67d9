/** Edges of a directed graph: what each node points at. */
export type Edges = ReadonlyMap<string, readonly string[]>

/** One cycle for every knot of the graph, written as the nodes along it (Tarjan 1972). */
export function findCycles(edges: Edges): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const knots: string[][] = []
  const visit = (node: string): void => {
    order.set(node, order.size)
    lowest.set(node, order.get(node)!)
    open.push(node)
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!))
    }
    if (lowest.get(node) !== order.get(node)) return
    const knot = open.splice(open.indexOf(node))
    if (knot.length > 1 || edges.get(node)?.includes(node) === true) knots.push(knot)
  }
  for (const node of edges.keys()) if (!order.has(node)) visit(node)
  return knots.map((knot) => shortestCycle(edges, knot))
}

/** The shortest way round through the first node of a knot. */
function shortestCycle(edges: Edges, knot: readonly string[]): string[] {
  const start = knot[0]!
  const inside = new Set(knot)
  let paths = [[start]]
  const seen = new Set<string>()
  while (paths.length > 0) {
    const longer: string[][] = []
    for (const path of paths) {
      for (const next of edges.get(path.at(-1)!) ?? []) {
        if (next === start) return path
        if (!inside.has(next) || seen.has(next)) continue
        seen.add(next)
        longer.push([...path, next])
      }
    }
    paths = longer
  }
  return [...knot]
}
