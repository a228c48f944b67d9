/** A fenced block of code: ```` ```ts runnable ```` has the language `ts` and the mark `runnable`. */
export interface CodeBlock {
  readonly language: string
  readonly marks: readonly string[]
  readonly code: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

/** The parts of a Markdown text that tests look at. */
export interface Markdown {
  /** What links and pictures point at, outside code. */
  readonly links: readonly string[]
  /** Anchors of the headings, as GitHub makes them. */
  readonly anchors: readonly string[]
  readonly blocks: readonly CodeBlock[]
}

/** Reads links, headings and code blocks. */
export function readMarkdown(text: string): Markdown {
  const blocks: CodeBlock[] = []
  const prose: string[] = []
  let open: { fence: string; block: CodeBlock; lines: string[] } | undefined
  text.split(/\r?\n/).forEach((line, i) => {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(line)
    if (open !== undefined) {
      if (fence?.[1]?.startsWith(open.fence) === true && fence[2] === '') {
        blocks.push({ ...open.block, code: open.lines.join('\n') })
        open = undefined
      } else open.lines.push(line)
    } else if (fence !== null) {
      const [language = '', ...marks] = fence[2]!.trim().split(/\s+/)
      open = { fence: fence[1]!, block: { language, marks, code: '', line: i + 1 }, lines: [] }
    } else prose.push(line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()<>]/g, '')))
  })
  const joined = prose.join('\n')
  const links = [
    /\]\(\s*<?([^)\s>]+)/g,
    /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm,
    /(?:src|href)="([^"]+)"/g,
  ]
  return {
    links: links.flatMap((pattern) => [...joined.matchAll(pattern)].map((match) => match[1]!)),
    anchors: prose.flatMap((line) => /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1] ?? []).map(anchorOf),
    blocks,
  }
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
