import { AppError, invalidInput, messageOf } from '../core/index.ts'
import type { Command, CommandContext } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { overallHelp, unknownCommand } from './overall-help.ts'
import { findPackageRoot } from './package-root.ts'
import { printable } from './printable.ts'
import type { WatcherStream } from './progress-display.ts'
import type { RegisteredCommand } from './registry.ts'

/** The world that a command line runs in. */
export interface World extends Omit<CommandContext, 'progress' | 'log'> {
  readonly commands: readonly RegisteredCommand[]
  /** Where progress and remarks go while the command works. */
  readonly stderr: WatcherStream
}

/** What is left to print and to exit with when a command line has run. */
export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line (without `node` and the script) and returns its outcome; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<Outcome> {
  // Errors must honour --json even where the command line itself is what is wrong.
  const json = args.includes('--json')
  try {
    return await dispatch(args, world)
  } catch (error) {
    return failure(error, { json, world })
  }
}

async function dispatch(args: readonly string[], world: World): Promise<Outcome> {
  const { version } = findPackageRoot(import.meta.url)
  const [first = '--help', ...rest] = args.filter((arg, i) => !(arg === '--json' && i === 0))
  if (first === '--version')
    return said(args.includes('--json') ? JSON.stringify({ version }) : version)
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0))
    return said(overallHelp(version, world.commands))
  if (first === 'help') return dispatch([...rest.slice(0, 1), '--help'], world)
  if (first.startsWith('-'))
    throw invalidInput(`${first}: a command comes first; see vitrine --help`)
  const registered = world.commands.find(({ name }) => name === first)
  if (registered === undefined)
    throw invalidInput(`${unknownCommand(first, world.commands)}; see vitrine --help`)
  const leadingJson = args[0] === '--json' ? ['--json'] : []
  return runCommand(await registered.load(), [...leadingJson, ...rest], world)
}

async function runCommand(
  command: Command,
  args: readonly string[],
  { stderr, signal, env, cwd, columns }: World,
): Promise<Outcome> {
  const { parseLine } = await import('./parse-options.ts')
  const line = parseLine(command, args)
  if (line.wants === 'help') {
    const { commandHelp } = await import('./command-help.ts')
    return said(commandHelp(command))
  }
  const { progressDisplay } = await import('./progress-display.ts')
  const display = progressDisplay({ stream: stderr, now: () => Date.now(), plainLines: !line.json })
  try {
    const { progress, log } = display
    const result = await command.run(line.options, { signal, progress, log, env, cwd, columns })
    const text = line.json || result.render === undefined ? undefined : result.render()
    const stdout = text ?? JSON.stringify(result.data, null, 2)
    // Work that was stopped may still have a result: what it had done by then.
    const exitCode = signal.aborted ? exitCodes.Cancelled : (result.exitCode ?? exitCodes.ok)
    return { exitCode, stdout: `${stdout}\n`, stderr: '' }
  } finally {
    display.stop()
  }
}

function said(text: string): Outcome {
  return { exitCode: exitCodes.ok, stdout: `${text}\n`, stderr: '' }
}

/** One line an error, `vitrine: message`; with --json one `{"error":{"code","message"}}` on stderr. */
function failure(error: unknown, { json, world }: { json: boolean; world: World }): Outcome {
  const expected = asExpected(error, world.signal)
  const code = expected?.code ?? 'unexpected'
  const message =
    expected?.message ??
    `unexpected error: ${messageOf(error)}; this is a bug in vitrine (VITRINE_DEBUG=1 shows where)`
  const stack =
    world.env.VITRINE_DEBUG === '1' && error instanceof Error ? `${describeStack(error)}\n` : ''
  const lines = json
    ? `${JSON.stringify({ error: { code, message } })}\n`
    : message
        .split('\n')
        .map((line) => `vitrine: ${printable(line)}\n`)
        .join('')
  return { exitCode: exitCodes[code], stdout: '', stderr: lines + stack }
}

/** AppErrors, and what libraries throw when the signal stops them. */
function asExpected(error: unknown, signal: AbortSignal): AppError | undefined {
  if (error instanceof AppError) return error
  const stopped = signal.aborted && error instanceof Error && error.name === 'AbortError'
  return stopped ? new AppError('Cancelled', 'stopped as asked', { cause: error }) : undefined
}

function describeStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describeStack(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
