import { whichName } from '../core/index.ts'
import { twoColumns } from './two-columns.ts'

/** What the overall help says of a command. */
export interface CommandSummary {
  readonly name: string
  readonly summary: string
}

/** The help of the program: its commands and what all of them share. */
export function overallHelp(version: string, commands: readonly CommandSummary[]): string {
  return [
    `vitrine ${version}: finds the products seen in pictures and videos`,
    '',
    'Usage: vitrine <command> [options]',
    '',
    'Commands:',
    ...twoColumns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Every command takes --json (the result as JSON on stdout) and --help (options and examples).',
    'Progress and remarks go to stderr. Set VITRINE_DEBUG=1 to see where an unexpected error arose.',
  ].join('\n')
}

/** What to say about a command that does not exist. */
export function unknownCommand(name: string, commands: readonly CommandSummary[]): string {
  const names = commands.map((command) => command.name)
  return `"${name}": there is no such command; ${whichName(name, names)}`
}
