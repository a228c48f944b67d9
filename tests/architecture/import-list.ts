import { maskSource } from './mask-source.ts'

const statement = /\b(?:import|export)\b\s*(?:type\b\s*)?[\w$*{}\s,]*?\bfrom\s*"§(\d+)"/g
const bare = /\bimport\s*"§(\d+)"/g
const dynamic = /\bimport\s*\(\s*"§(\d+)"/g

/**
 * Every module that a TypeScript file names: `import`, `import type`, `export ... from`,
 * `import()` of a constant, and `import('...')` in types.
 */
export function importList(source: string): string[] {
  const { code, strings } = maskSource(source)
  const found = [statement, bare, dynamic].flatMap((pattern) => [...code.matchAll(pattern)])
  return [...new Set(found.map((match) => strings[Number(match[1])]!))]
}
