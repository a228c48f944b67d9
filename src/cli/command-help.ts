import type { Command } from './command.ts'
import { type CommandOption, optionList } from './option-list.ts'
import { twoColumns } from './two-columns.ts'

/** The help of one command: usage, options with their defaults, examples. */
export function commandHelp(command: Command): string {
  const options = optionList(command)
  const positionals = (command.positionals ?? []).map((key) => {
    const option = options.find((one) => one.key === key)
    return `${option?.required === true ? `<${key}>` : `[${key}]`}${option?.many === true ? '...' : ''}`
  })
  const usage = ['vitrine', command.name, ...positionals, '[options]'].join(' ')
  const rows: (readonly [string, string])[] = [
    ...options.map((option) => [typed(option), explained(option)] as const),
    ['--json', 'print the result as JSON on stdout'],
    ['--help', 'print this'],
  ]
  const examples = command.examples.flatMap(({ line, what }) => [
    `  vitrine ${line}`,
    `      ${what}`,
  ])
  return [
    command.summary,
    '',
    `Usage: ${usage}`,
    '',
    'Options:',
    ...twoColumns(rows),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples]),
  ].join('\n')
}

function typed({ flag, kind }: CommandOption): string {
  return kind === 'switch' ? `--${flag}` : `--${flag} <${kind}>`
}

function explained(option: CommandOption): string {
  const remarks = [
    option.wanted === 'a text' || option.kind === 'switch' ? '' : option.wanted,
    option.many ? 'may be repeated' : '',
    option.required ? 'needed' : '',
    defaultOf(option),
  ].filter((remark) => remark !== '')
  const off =
    option.kind === 'switch' && option.default === true ? ` (--no-${option.flag} to not)` : ''
  return option.description + (remarks.length === 0 ? '' : ` (${remarks.join('; ')})`) + off
}

function defaultOf({ kind, default: value }: CommandOption): string {
  if (value === undefined || kind === 'switch') return ''
  if (Array.isArray(value)) return value.length === 0 ? '' : `default ${value.join(' ')}`
  return value === '' ? '' : `default ${typeof value === 'object' ? JSON.stringify(value) : value}`
}
