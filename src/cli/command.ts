import type { z } from 'zod'
import type { Progress } from '../core/index.ts'

/** What every command may use of the world around it. */
export interface CommandContext {
  /** Fires at the first Ctrl-C: save what is worth saving and stop with `cancelled(...)`. */
  readonly signal: AbortSignal
  /** Shown on stderr, as a bar or as an occasional line. */
  readonly progress: Progress
  /** One line on stderr for the person who watches; never the result. */
  readonly log: (line: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that relative paths of the user are relative to. */
  readonly cwd: string
  /** Width of the terminal in characters; undefined where the output is piped or a file. */
  readonly columns: number | undefined
}

/** What a command found: the data for machines, and how people read it. */
export interface CommandResult {
  /** Anything JSON can hold; printed by `--json`. */
  readonly data: unknown
  /** The text for people; without it they are shown the data as JSON. */
  readonly render?: () => string
  /** One of {@link exitCodes}; default: ok. */
  readonly exitCode?: number
}

/** The options of a command: one field an option, `topCount` is typed `--top-count`. */
export type OptionShape = z.ZodRawShape

/** One line of a command line, with what it does. */
export interface CommandExample {
  /** After `vitrine`: `search photo.jpg --top 10`. */
  readonly line: string
  readonly what: string
}

/** A subcommand of `vitrine`; made by {@link defineCommand}. */
export interface Command<Shape extends OptionShape = OptionShape> {
  readonly name: string
  /** A few words, the same as in the registry; a test compares them. */
  readonly summary: string
  readonly examples: readonly CommandExample[]
  /** Descriptions become help, defaults are shown there; `--json` and `--help` are everybody's. */
  readonly options: z.ZodObject<Shape>
  /** Options that may be given without their flag, in this order; an array takes all the rest. */
  readonly positionals?: readonly string[]
  /** Does the work and returns what it found: it neither prints nor exits. */
  run(options: z.output<z.ZodObject<Shape>>, context: CommandContext): Promise<CommandResult>
}

/** A command with its options inferred from their schema. */
export function defineCommand<Shape extends OptionShape>(
  command: Command<Shape> & { readonly positionals?: readonly (keyof Shape & string)[] },
): Command<Shape> {
  return command
}
