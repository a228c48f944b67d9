import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { closestName, invalidInput } from '../core/index.ts'
import type { Command } from './command.ts'
import { type CommandOption, optionList } from './option-list.ts'

/** A command line after its command's name, understood. */
export type ParsedLine =
  | { readonly wants: 'help' }
  | {
      readonly wants: 'run'
      readonly json: boolean
      /** What the command's schema made of the arguments. */
      readonly options: z.output<Command['options']>
    }

type RawValue = string | boolean | readonly string[]

/**
 * Reads the arguments that follow a command's name.
 *
 * @throws InvalidInput one line for every option that is unknown, missing or out of its range
 */
export function parseLine(command: Command, args: readonly string[]): ParsedLine {
  const known = optionList(command)
  const { raw, flags, loose, problems } = readFlags(known, args)
  if (flags.has('help')) return { wants: 'help' }
  const unexpected = placePositionals(command, known, loose, raw)
  // After an unknown option a loose word is most likely its value.
  if (problems.length === 0) problems.push(...unexpected)
  problems.push(...notNumbers(known, raw))
  const remedy = `see vitrine ${command.name} --help`
  if (problems.length > 0) throw invalidInput(`${problems.join('\n')}; ${remedy}`)

  const parsed = command.options.safeParse(Object.fromEntries(raw))
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => explain(issue, known, raw))
    throw invalidInput(`${[...new Set(lines)].join('\n')}; ${remedy}`)
  }
  return { wants: 'run', json: flags.has('json'), options: parsed.data }
}

/** Sorts arguments into values by option key, everybody's flags, and words without a flag. */
function readFlags(known: readonly CommandOption[], args: readonly string[]) {
  const byFlag = new Map(known.map((option) => [option.flag, option]))
  const switches = known.filter((option) => option.kind === 'switch')
  const everybodys = ['json', 'help']
  const negated = new Map(switches.map((option) => [`no-${option.flag}`, option]))
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries([...negated.keys()].map((flag) => [flag, { type: 'boolean' }])),
      ...Object.fromEntries(
        known.map(({ flag, kind }) => [flag, { type: kind === 'switch' ? 'boolean' : 'string' }]),
      ),
    },
  })
  const raw = new Map<string, RawValue>()
  const flags = new Set<string>()
  const loose: string[] = []
  const problems: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') loose.push(token.value)
    if (token.kind !== 'option') continue
    const option = byFlag.get(token.name) ?? negated.get(token.name)
    const takesValue = option !== undefined && option.kind !== 'switch'
    if (option === undefined && !everybodys.includes(token.name)) {
      const near = closestName(token.name, [...byFlag.keys(), ...negated.keys(), ...everybodys])
      const hint = near === undefined ? '' : `; did you mean --${near}?`
      problems.push(`${token.rawName}: there is no such option${hint}`)
    } else if (!takesValue && token.value !== undefined) {
      problems.push(`--${token.name}: takes no value, got "${token.value}"`)
    } else if (option === undefined) flags.add(token.name)
    else if (!takesValue) raw.set(option.key, token.name === option.flag)
    else if (token.value === undefined || (!token.inlineValue && isFlag(token.value)))
      problems.push(`--${token.name}: needs a value, wanted ${option.wanted}`)
    else if (option.many) raw.set(option.key, [...listOf(raw.get(option.key)), token.value])
    else raw.set(option.key, token.value)
  }
  return { raw, flags, loose, problems }
}

function listOf(value: RawValue | undefined): readonly string[] {
  return Array.isArray(value) ? value : []
}

/** `-5` is a value, `-x` and `--top` are flags that came where a value was due. */
function isFlag(text: string): boolean {
  return text.length > 1 && text.startsWith('-') && !/^-[\d.]/.test(text)
}

/** Gives words without a flag to the options that take them; returns what is wrong with them. */
function placePositionals(
  command: Command,
  known: readonly CommandOption[],
  loose: readonly string[],
  raw: Map<string, RawValue>,
): string[] {
  const rest = [...loose]
  for (const key of command.positionals ?? []) {
    if (rest.length === 0) return []
    if (raw.has(key)) continue
    const many = known.find((option) => option.key === key)?.many === true
    raw.set(key, many ? rest.splice(0) : (rest.shift() as string))
  }
  return rest.map((word) => `"${word}": nothing was expected here`)
}

/** Zod's coercion takes an empty text for 0 and reads 0x10; a person who types that means neither. */
function notNumbers(known: readonly CommandOption[], raw: ReadonlyMap<string, RawValue>): string[] {
  const numbers = known.filter(({ kind }) => kind === 'number')
  return numbers.flatMap(({ key, flag, wanted }) =>
    [raw.get(key) ?? []]
      .flat()
      .filter((text) => !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(String(text)))
      .map((text) => `--${flag}: got "${text}", wanted ${wanted}`),
  )
}

function explain(
  issue: z.core.$ZodIssue,
  known: readonly CommandOption[],
  raw: ReadonlyMap<string, RawValue>,
): string {
  const option = known.find(({ key }) => key === issue.path[0])
  if (option === undefined) return issue.message
  const given = raw.get(option.key)
  if (given === undefined) return `--${option.flag}: missing, wanted ${wanted(option)}`
  const got = Array.isArray(given) ? (given[Number(issue.path[1] ?? 0)] ?? given.join(' ')) : given
  const ownWords = issue.code === 'custom' || option.wanted === 'a text'
  return `--${option.flag}: got "${got}", ${ownWords ? issue.message : `wanted ${option.wanted}`}`
}

function wanted({ description, wanted }: CommandOption): string {
  return wanted === 'a text' && description !== '' ? description : wanted
}
