/** The name nearest to what was typed (edits of one character), if any is near enough to mean it. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(typed.length / 3))
  let best: { readonly name: string; readonly edits: number } | undefined
  for (const name of names) {
    const edits = editDistance(typed.slice(0, 64), name)
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { name, edits }
  }
  return best?.name
}

/** What to say of a name that there is not: the one that is meant, if any is near enough, or `otherwise`. */
export function whichName(
  typed: string,
  names: readonly string[],
  otherwise = `there are ${names.join(', ')}`,
): string {
  const near = closestName(typed, names)
  return near === undefined ? otherwise : `did you mean ${near}?`
}

/** Fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [before, previous]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let edits = Math.min(row[j - 1]! + 1, previous[j]! + 1, replace)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) edits = Math.min(edits, before[j - 2]! + 1)
      row.push(edits)
    }
    ;[before, previous] = [previous, row]
  }
  return previous[b.length]!
}
