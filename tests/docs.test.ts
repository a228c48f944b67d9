import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { registry } from '../src/cli/registry.ts'
import { buildersIn } from '../tools/operators/builders.ts'
import { operatorsPage } from '../tools/operators/page.ts'
import { readMarkdown } from './docs/markdown.ts'
import { undocumented } from './docs/undocumented.ts'

// The convention for snippets: every ```ts block must be TypeScript that Node can strip; a block
// marked ```ts runnable is a program, run against the source with 'vitrine' and 'vitrine/engine' as its
// only packages.
const root = resolve(import.meta.dirname, '..')

function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return []
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name))
}

const pages = ['README.md', ...filesUnder('docs', '.md')]
  .filter((path) => existsSync(join(root, path)))
  .map((path) => ({ path, ...readMarkdown(readFileSync(join(root, path), 'utf8')) }))

const snippets = pages.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => ['ts', 'typescript'].includes(language))
    .map((block) => ({ ...block, place: `${path}:${block.line}` })),
)

test('relative links lead to files, and to headings that are there', () => {
  const broken = pages.flatMap(({ path, links }) => links.flatMap((link) => faultOf(path, link)))
  expect(broken).toEqual([])
})

function faultOf(page: string, link: string): string[] {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return []
  const [file = '', anchor] = decodeURI(link).split('#')
  const target = file === '' ? join(root, page) : resolve(root, dirname(page), file)
  if (relative(root, target).startsWith('..')) return [`${page}: ${link} leads out of the project`]
  if (!existsSync(target)) return [`${page}: ${link} leads nowhere`]
  if (anchor === undefined || !target.endsWith('.md')) return []
  const { anchors } = readMarkdown(readFileSync(target, 'utf8'))
  return anchors.includes(anchor) ? [] : [`${page}: ${link} names no heading of that page`]
}

test('every TypeScript snippet is TypeScript', () => {
  const faults = snippets.flatMap(({ place, code }) => {
    try {
      stripTypeScriptTypes(code)
      return []
    } catch (error) {
      return [`${place}: ${(error as Error).message}`]
    }
  })
  expect(faults).toEqual([])
})

test('runnable snippets run', { timeout: 300_000 }, async () => {
  const faults: string[] = []
  for (const { place, code } of snippets.filter(({ marks }) => marks.includes('runnable')))
    await runSnippet(code).catch((error: Error) => faults.push(`${place}: ${error.message}`))
  expect(faults).toEqual([])
})

async function runSnippet(code: string): Promise<string> {
  // Beside the sources, for packages to resolve; .vitest/ is in nobody's version control.
  mkdirSync(join(root, '.vitest'), { recursive: true })
  const folder = mkdtempSync(join(root, '.vitest', 'snippet-'))
  try {
    const entry = (name: string) => `'${pathToFileURL(join(root, `src/${name}.ts`)).href}'`
    const inside = code
      .replace(/(['"])vitrine\1/g, entry('index'))
      .replace(/(['"])vitrine\/engine\1/g, entry('engine'))
    writeFileSync(join(folder, 'snippet.ts'), inside)
    const { stdout } = await promisify(execFile)(process.execPath, ['snippet.ts'], { cwd: folder })
    return stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('every command is shown in the README or the guide to the command line', () => {
  const text = ['README.md', 'docs/guides/cli.md']
    .filter((path) => existsSync(join(root, path)))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  const unmentioned = registry.filter(({ name }) => !new RegExp(`vitrine ${name}\\b`).test(text))
  expect(unmentioned.map(({ name }) => name)).toEqual([])
})

test('the page of operators is what `npm run docs:operators` writes', () => {
  expect(readFileSync(join(root, 'docs/operators.md'), 'utf8')).toBe(operatorsPage(root))
})

test('everything exported has a docstring', () => {
  const sources = filesUnder('src', '.ts').filter((path) => !path.endsWith('.test.ts'))
  const missing = sources.flatMap((path) =>
    undocumented(readFileSync(join(root, path), 'utf8')).map((name) => `${path}: ${name}`),
  )
  expect(missing).toEqual([])
})

describe('these tests can fail', () => {
  test('links, headings and blocks are found, and what is in code is not', () => {
    const page = readMarkdown(
      '# A `b` & C\n[x](y.md#z) `[not](this)` ![p](p.png "t")\n[r]: ref.md\n```ts runnable\n[no](no)\n```',
    )
    expect(page.links).toEqual(['y.md#z', 'p.png', 'ref.md'])
    expect(page.anchors).toEqual(['a-b--c'])
    expect(page.blocks).toEqual([
      { language: 'ts', marks: ['runnable'], code: '[no](no)', line: 4 },
    ])
  })

  test('a dead link, a missing heading and a link out of the project are faults', () => {
    expect(faultOf('docs/x.md', '../package.json')).toEqual([])
    expect(faultOf('docs/x.md', 'https://example.org')).toEqual([])
    expect(faultOf('docs/x.md', 'gone.md')).toHaveLength(1)
    expect(faultOf('docs/x.md', '../../elsewhere')).toHaveLength(1)
  })

  test('an export without a block above it is found, an overload is not', () => {
    const source = [
      '/** Yes. */\nexport function a(x: number): void',
      'export function a(x: string): void',
      'export const b = 1',
      '// no block\nexport type C = 1',
      "export { d } from './d.ts'",
    ].join('\n')
    expect(undocumented(source)).toEqual(['b', 'C'])
  })

  test('a builder is known by the operator that it applies, whatever else is near', () => {
    const source = [
      "const two = (op: string) => apply(op, [], x)\nexport const a = (x: Value): Value => two('Abs', x)",
      "/** 'Not' this. */\nexport function both(x: Value): Value {\n  return apply(\n    'Sub', [apply('Add', [x], x)])\n}",
      "function inner() {\n  return compute({ op: 'Mul' })\n}",
      "export const c = compute({ op: 'LSTM', mode: 'Linear' })",
    ].join('\n')
    expect(buildersIn(source)).toEqual([
      ['Abs', 'a'],
      ['Sub', 'both'],
      ['Add', 'both'],
      ['LSTM', 'c'],
    ])
  })

  test('a snippet that throws fails, one that imports vitrine runs', async () => {
    await expect(runSnippet("throw new Error('no')")).rejects.toThrow(/no/)
    const code =
      "import * as vitrine from 'vitrine'\nconst n: string = typeof vitrine\nconsole.log(n)"
    expect(await runSnippet(code)).toBe('object\n')
  })
})
