import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'

/** What a benchmark prints with --json, as far as the page needs it. */
export interface Printed {
  readonly benchmark: string
  readonly table: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

/** The page of all results as Markdown; each section begins with the claim of its benchmark's file. */
export function benchmarkPage(results: readonly Result[]): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`; no figure here is typed by hand. Machine: ${machine()}. Contenders take turns; the times
are medians. A claim is what a benchmark is to show; the figures say whether it does.

${sectionsOf(results).join('\n')}`
}

/**
 * The page with the sections of one benchmark written anew.
 * @throws Error when the page is of another machine
 */
export function withNewSections(page: string, name: string, results: readonly Result[]): string {
  const [head = '', ...sections] = page.split(/^(?=## )/m)
  if (!head.includes(`Machine: ${machine()}.`))
    throw new Error(`bench: docs/benchmarks.md is not of ${machine()}; write the whole page anew`)
  const isOfIt = (section: string): boolean => section.includes(`](../bench/${name}))`)
  const at = Math.max(0, sections.findIndex(isOfIt))
  const others = sections.filter((section) => !isOfIt(section))
  const whole = others.map((section) => `${section.trimEnd()}\n`)
  return `${head}${whole.toSpliced(at, 0, ...sectionsOf(results)).join('\n')}`
}

const machine = (): string =>
  `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`

interface Result {
  /** The benchmark's file. */
  readonly name: string
  readonly printed: Printed
}

function sectionsOf(results: readonly Result[]): string[] {
  return results.map(({ name, printed: { benchmark, table, notes } }) => {
    const [header = [], ...rows] = table
    const lines = [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    return `${[
      `## ${benchmark[0]?.toUpperCase()}${benchmark.slice(1)}`,
      `${claimOf(name)} ([bench/${name}](../bench/${name}))`,
      lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
      notes.map((note) => `- ${note}`).join('\n'),
    ].join('\n\n')}\n`
  })
}

/** The claim or question at the head of a benchmark's file. */
function claimOf(name: string): string {
  const head = readFileSync(join(import.meta.dirname, name), 'utf8').split(/\n(?:\/\/)?\s*\n/, 1)[0]
  return (head ?? '')
    .replaceAll(/^\/\/ ?/gm, '')
    .replaceAll('\n', ' ')
    .trim()
}
