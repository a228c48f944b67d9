/** Source text in which only code is left: comments are gone, strings are numbered. */
export interface MaskedSource {
  /** Each string is `"§0"`, `"§1"`, ...; regular expressions and templates with holes are `"§"`. */
  readonly code: string
  readonly strings: readonly string[]
}

/** Words after which a slash begins a regular expression. */
const beforePattern =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|await|yield))$/

/** Separates code from comments, strings, templates and regular expressions in TypeScript. */
export function maskSource(source: string): MaskedSource {
  const strings: string[] = []
  let code = ''
  let at = 0
  const skipTo = (end: number): void => {
    // Line breaks stay, so that lines can still be counted.
    code += source.slice(at, end).replace(/[^\n]/g, '')
    at = end
  }
  const text = (content: string): void => {
    code += `"§${strings.push(content) - 1}"`
  }
  // One entry for each template we are inside of: how many braces are open in its hole.
  const holes: number[] = []
  const template = (): void => {
    const end = endOf(source, at, '`')
    const content = source.slice(at, end.at)
    if (!end.hole) text(content)
    else code += '"§"'
    skipTo(end.at)
    at = end.hole ? end.at + 2 : end.at + 1
    if (end.hole) holes.push(0)
  }
  while (at < source.length) {
    const two = source.slice(at, at + 2)
    const one = two[0]!
    if (two === '//') skipTo(indexOrEnd(source, '\n', at))
    else if (two === '/*') skipTo(Math.min(source.length, indexOrEnd(source, '*/', at + 2) + 2))
    else if (one === '"' || one === "'") {
      const end = endOf(source, at + 1, one).at
      text(source.slice(at + 1, end))
      skipTo(end + 1)
    } else if (one === '`') {
      at++
      template()
    } else if (one === '/' && beforePattern.test(code.trimEnd())) {
      code += '"§"'
      skipTo(endOfPattern(source, at + 1))
    } else {
      const depth = holes.at(-1)
      at++
      if (depth !== undefined && one === '}' && depth === 0) {
        holes.pop()
        template()
        continue
      }
      if (depth !== undefined && one === '{') holes[holes.length - 1] = depth + 1
      if (depth !== undefined && one === '}') holes[holes.length - 1] = depth - 1
      code += one
    }
  }
  return { code, strings }
}

function indexOrEnd(source: string, wanted: string, from: number): number {
  const found = source.indexOf(wanted, from)
  return found === -1 ? source.length : found
}

/** Where a string ends, or where a template's next hole begins. */
function endOf(source: string, from: number, quote: string): { at: number; hole: boolean } {
  let at = from
  while (at < source.length && source[at] !== quote) {
    if (quote === '`' && source.startsWith('${', at)) return { at, hole: true }
    at += source[at] === '\\' ? 2 : 1
  }
  return { at: Math.min(at, source.length), hole: false }
}

function endOfPattern(source: string, from: number): number {
  let at = from
  for (let inClass = false; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') inClass = true
    else if (source[at] === ']') inClass = false
    else if (source[at] === '/' && !inClass) break
  }
  return Math.min(at + 1, source.length)
}
