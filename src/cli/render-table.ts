import Table from 'cli-table3'
import { printable } from './printable.ts'

/** What one cell of a table may hold; null leaves it empty. */
export type Cell = string | number | null

/** A table for people. */
export interface TableContent {
  readonly head: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** Width to wrap to, in characters: `columns` of the context. */
  readonly columns?: number | undefined
}

const gap = 2
const narrowest = 12

/**
 * Columns under a ruled head, without colour or frame, so that it reads the same on a terminal, in
 * a file and through `grep`. Columns that hold only numbers line up on the right. Where the page
 * has a width, the widest columns are wrapped to fit it.
 */
export function renderTable({ head, rows, columns }: TableContent): string {
  const texts = rows.map((row) => row.map((cell) => printable(cell === null ? '' : String(cell))))
  const natural = head.map((title, i) =>
    Math.max(...[title, ...texts.map((row) => row[i] ?? '')].map(widthOf)),
  )
  const widths = columns === undefined ? natural : shrinkTo(natural, columns)
  const table = new Table({
    head: [...head],
    colWidths: widths.map((width) => width + gap),
    colAligns: head.map((_, i) => (isNumeric(rows, i) ? 'right' : 'left')),
    wordWrap: columns !== undefined,
    // A long path has no spaces to break at.
    wrapOnWordBoundary: !texts.flat().some((text) => longestWord(text) > Math.max(...widths)),
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    chars: frameless,
  })
  table.push(...texts)
  const [title = '', ...body] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const rule = widths.map((width) => '─'.repeat(width)).join(' '.repeat(gap))
  return [title, rule, ...body.filter((line) => !/^[\s─]+$/.test(line))].join('\n')
}

const frameless = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
)

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => [...line].length))
}

function longestWord(text: string): number {
  return Math.max(...text.split(/\s+/).map((word) => word.length))
}

function isNumeric(rows: readonly (readonly Cell[])[], column: number): boolean {
  return rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number')
}

/** Takes from the widest column until the page holds them all. */
function shrinkTo(natural: readonly number[], page: number): number[] {
  const widths = [...natural]
  const used = (): number => widths.reduce((sum, width) => sum + width + gap, -gap)
  while (used() > page) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = Math.max(narrowest, widest - (used() - page))
  }
  return widths
}
