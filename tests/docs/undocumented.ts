const exported =
  /^export (?:default )?(?:async )?(?:abstract )?(?:function\*?|class|interface|const|type) ([A-Za-z_$][\w$]*)/

/** Names that a source file exports without a JSDoc block right above. */
export function undocumented(source: string): string[] {
  const lines = source.split('\n')
  const documented = new Set<string>()
  const missing: string[] = []
  lines.forEach((line, i) => {
    const name = exported.exec(line)?.[1]
    if (name === undefined) return
    // The overloads of a function share the block above the first.
    if (/\*\/\s*$/.test(lines[i - 1] ?? '')) documented.add(name)
    else if (!documented.has(name)) missing.push(name)
  })
  return missing
}
