/**
 * Which functions of a source of builders make which operators, read off its text: `apply('Conv', ...)`
 * or `op: 'LSTM'` inside `export const lstm` or `export function lstm`.
 */
export function buildersIn(source: string): (readonly [operator: string, builder: string])[] {
  // A declaration begins at the margin, and so ends the one before.
  const declarations = source.split(/\n(?=export |function |const |interface |type |\/\*\*)/)
  return declarations.flatMap((text) => {
    const builder = /^export (?:const|function) (\w+)/.exec(text)?.[1]
    if (builder === undefined) return []
    const operators = [...text.matchAll(/(?:\(\s*|\bop: )'([A-Z]\w*)'/g)].map(([, name]) => name!)
    return [...new Set(operators)].map((operator) => [operator, builder] as const)
  })
}
