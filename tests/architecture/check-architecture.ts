import { posix } from 'node:path'
import { findCycles } from './find-cycles.ts'
import { importList } from './import-list.ts'
import { maskSource } from './mask-source.ts'

/** tests/floors.json. */
export interface Floors {
  /** The floor of each folder of src/; a file imports from lower floors or its own folder. */
  readonly floors: Readonly<Record<string, number>>
  readonly longestFileLines: number
  /** Files that may be longer, each a considered exception. */
  readonly mayBeLonger: readonly string[]
}

/** Text by path from the project's root, with forward slashes. */
export type Tree = ReadonlyMap<string, string>

/** What a tree of sources breaks, one line each, sorted; an empty list is what we want. */
export function checkArchitecture(tree: Tree, rules: Floors): string[] {
  const sources = [...tree].filter(([path]) => path.startsWith('src/'))
  const edges = new Map(sources.map(([path, text]) => [path, relativeImports(path, text)] as const))
  return [
    ...[...tree].flatMap(([path, text]) => lengthFaults(path, text, rules)),
    ...sources.flatMap(([path, text]) => textFaults(path, text, rules)),
    ...[...edges].flatMap(([path, targets]) =>
      targets.flatMap((target) => importFaults(path, target, { tree, rules })),
    ),
    ...findCycles(edges).map((cycle) => `cycle: ${[...cycle, cycle[0]].join(' -> ')}`),
  ].sort()
}

/** The doors for outsiders, above all floors. */
const roofs: ReadonlySet<string> = new Set(['src/index.ts', 'src/engine.ts'])

const isTest = (path: string): boolean => path.endsWith('.test.ts')

/** The folder of src/ that a file belongs to; undefined for the roofs and what is outside. */
function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function relativeImports(path: string, text: string): string[] {
  return importList(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name))
}

function lengthFaults(path: string, text: string, rules: Floors): string[] {
  const lines = text.trimEnd().split('\n').length
  if (lines <= rules.longestFileLines || rules.mayBeLonger.includes(path)) return []
  return [`${path}: ${lines} lines, at most ${rules.longestFileLines}; split it by idea`]
}

function textFaults(path: string, text: string, { floors }: Floors): string[] {
  const folder = folderOf(path)
  const faults: string[] = []
  if (folder === undefined && !roofs.has(path))
    faults.push(`${path}: lies in no folder; move it into one`)
  if (folder !== undefined && floors[folder] === undefined)
    faults.push(`${path}: folder ${folder} has no floor; add it to tests/floors.json`)
  const names = importList(text)
  if (folder !== 'runtime' && names.some((name) => /^onnxruntime-node(\/|$)/.test(name)))
    faults.push(`${path}: imports onnxruntime-node; only src/runtime does, use openSession`)
  if (path === 'src/cli/main.ts' || isTest(path)) return faults
  const { code } = maskSource(text)
  if (/(?<![.\w$])console\s*(?:\.|\[)/.test(code))
    faults.push(`${path}: uses console; return what you found, only src/cli/main.ts prints`)
  if (/\bprocess\s*\.\s*(?:exit|exitCode|abort|stdout|stderr)\b/.test(code))
    faults.push(`${path}: prints or exits through process; only src/cli/main.ts does`)
  return faults
}

interface Surroundings {
  readonly tree: Tree
  readonly rules: Floors
}

function importFaults(path: string, target: string, { tree, rules }: Surroundings): string[] {
  const [from, to] = [folderOf(path), folderOf(target)]
  const fault = `${path} imports ${target}:`
  if (target.endsWith('.ts') && !tree.has(target)) return [`${fault} there is no such file`]
  if (isTest(target)) return [`${fault} nothing imports a test`]
  if (from === undefined ? false : from === to) return []
  if (to === undefined && (isTest(path) || (roofs.has(path) && roofs.has(target)))) return []
  if (to === undefined) return [`${fault} it lies outside the folders of src`]
  const faults: string[] = []
  if (target !== `src/${to}/index.ts`)
    faults.push(`${fault} from outside only src/${to}/index.ts is open`)
  // Roofs may take from everywhere. A test stands outside the house: nothing can depend on it.
  if (from === undefined || isTest(path)) return faults
  const [here, there] = [rules.floors[from] ?? Number.NaN, rules.floors[to] ?? Number.NaN]
  if (there > here) faults.push(`${fault} upward, floor ${here} to ${there}`)
  if (there === here) faults.push(`${fault} between folders of floor ${here}`)
  return faults
}
