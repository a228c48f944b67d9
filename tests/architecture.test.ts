import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkArchitecture, type Floors } from './architecture/check-architecture.ts'
import { findCycles } from './architecture/find-cycles.ts'
import { importList } from './architecture/import-list.ts'
import { maskSource } from './architecture/mask-source.ts'

const root = join(import.meta.dirname, '..')

function readTree(): Map<string, string> {
  const tree = new Map<string, string>()
  for (const folder of ['src', 'tests', 'bench', 'tools'])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name.replaceAll('\\', '/')}`
      if (path.endsWith('.ts')) tree.set(path, readFileSync(join(root, path), 'utf8'))
    }
  return tree
}

test('the house stands: floors, doors, no cycle, no overlong file', () => {
  const rules = JSON.parse(readFileSync(join(root, 'tests/floors.json'), 'utf8')) as Floors
  const tree = readTree()
  expect(tree.size).toBeGreaterThan(20)
  expect(checkArchitecture(tree, rules)).toEqual([])
})

describe('the checker finds', () => {
  const rules: Floors = {
    floors: { core: 0, onnx: 2, autodiff: 3, runtime: 3, cli: 9 },
    longestFileLines: 5,
    mayBeLonger: ['src/core/long.ts'],
  }
  const sound: Record<string, string> = {
    'tests/y.ts': '',
    'src/index.ts': "export * from './engine.ts'",
    'src/engine.ts': "export * from './core/index.ts'",
    'src/core/index.ts': "export * from './errors.ts'",
    'src/core/errors.ts': 'export const a = 1',
    'src/onnx/index.ts': "import { a } from '../core/index.ts'\nexport const b = a",
    'src/runtime/index.ts': "import * as ort from 'onnxruntime-node'\nexport { ort }",
    'src/autodiff/index.ts': "export { b } from '../onnx/index.ts'",
    'src/autodiff/rule.test.ts': "import { ort } from '../runtime/index.ts'",
    'src/cli/main.ts': "console.log(1)\nprocess.exit(await import('../core/index.ts'))",
    'src/core/long.ts': '\n'.repeat(8).concat('export const long = 1'),
  }
  const faultsWith = (more: Record<string, string>): string[] =>
    checkArchitecture(new Map(Object.entries({ ...sound, ...more })), rules)

  test('nothing in a sound tree', () => expect(faultsWith({})).toEqual([]))

  test.each<[string, string, string, RegExp]>([
    [
      'an import upward',
      'src/core/x.ts',
      "import { b } from '../onnx/index.ts'",
      /upward, floor 0 to 2/,
    ],
    [
      'a type import upward',
      'src/core/x.ts',
      "import type { B } from '../onnx/index.ts'",
      /upward/,
    ],
    ['an inline type import', 'src/core/x.ts', "type B = import('../onnx/index.ts').B", /upward/],
    ['a dynamic import upward', 'src/core/x.ts', 'await import(`../onnx/index.ts`)', /upward/],
    ['a re-export upward', 'src/core/x.ts', "export * as o from '../onnx/index.ts'", /upward/],
    [
      'a neighbour on the same floor',
      'src/runtime/x.ts',
      "import '../autodiff/index.ts'",
      /folders of floor 3/,
    ],
    [
      'a side door',
      'src/onnx/x.ts',
      "import { a } from '../core/errors.ts'",
      /only src\/core\/index.ts is open/,
    ],
    [
      'a side door in a test',
      'src/onnx/x.test.ts',
      "import { a } from '../core/errors.ts'",
      /only src\/core/,
    ],
    ['a file that is not there', 'src/onnx/x.ts', "import './gone.ts'", /no such file/],
    [
      'a test that is imported',
      'src/autodiff/x.ts',
      "import './rule.test.ts'",
      /nothing imports a test/,
    ],
    [
      'an import from outside src',
      'src/onnx/x.ts',
      "import '../../tests/y.ts'",
      /outside the folders/,
    ],
    [
      'a floor that leans on the roof',
      'src/onnx/x.ts',
      "import '../engine.ts'",
      /outside the folders/,
    ],
    [
      'a session made elsewhere',
      'src/onnx/x.ts',
      "import { Tensor } from 'onnxruntime-node'",
      /use openSession/,
    ],
    ['a folder without a floor', 'src/attic/x.ts', '', /folder attic has no floor/],
    ['a file in no folder', 'src/x.ts', '', /lies in no folder/],
    ['a file that is too long', 'tests/x.ts', '\n'.repeat(6).concat('//'), /7 lines, at most 5/],
    ['printing', 'src/core/x.ts', 'const { log } = console\nconsole.warn(1)', /uses console/],
    ['exiting', 'src/core/x.ts', 'process.exit(1)', /exits through process/],
    ['writing to stdout', 'src/cli/x.ts', 'process.stdout.write("x")', /prints or exits/],
  ])('%s', (_name, path, text, wanted) => {
    const faults = faultsWith({ [path]: text })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(wanted)
    expect(faults[0]).toContain(path)
  })

  test('a cycle of files in one folder, through a type too', () => {
    const faults = faultsWith({
      'src/core/x.ts': "import type { Y } from './y.ts'",
      'src/core/y.ts': "import './z.ts'",
      'src/core/z.ts': "export { x } from './x.ts'",
    })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^cycle: src\/core\/\w\.ts( -> src\/core\/\w\.ts){3}$/)
  })
})

/** Templates with holes, written so that this file holds none in a plain string. */
const hole = (text: string): string => text.replaceAll('#{', '${')

test('what only looks like an import is none', () => {
  const source = [
    "import a, { type b as c } from 'one'",
    "import type { d } from 'two' // from 'not-1'",
    "export {\n  e,\n  f,\n} from 'three'",
    "/* import 'not-2' */ const from = \"import 'not-3'\"",
    hole("const t = `import \"not-4\" #{a ? `x#{'import'}` : \"from 'not-5'\"} from 'not-6'`"),
    "const r = /['\"`]/.test(x) ? a / b / c : 'from'; import 'four'",
    "await import('five'); type T = typeof import('six')",
    "Array.from('not-7'); export const g = from, h = 'not-8'",
  ].join('\n')
  expect(importList(source).sort()).toEqual(['five', 'four', 'one', 'six', 'three', 'two'])
})

test('masking leaves code and nothing else', () => {
  const source = hole("f('a\\'b', `c#{g({ d: 'e' })}h`, i / 2) // j\nk = /[/\"]/g")
  const { code, strings } = maskSource(source)
  expect(strings).toEqual(["a\\'b", 'e', 'h'])
  expect(code.replace(/"§\d*"/g, '#')).toBe('f(#, #g({ d: # })#, i / 2) \nk = #g')
})

test('every knot of a graph gives one shortest cycle', () => {
  const graph = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['d'], e: ['a'] }
  const cycles = findCycles(new Map(Object.entries(graph)))
  expect(cycles.map((cycle) => cycle.join('')).sort()).toEqual(['abc', 'd'])
})
