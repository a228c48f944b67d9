import { Writable } from 'node:stream'
import { registry } from '../../src/cli/registry.ts'
import { type Outcome, runCli } from '../../src/cli/run-cli.ts'

/** The world of {@link runVitrine}. */
export interface VitrineWorld {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Runs a command line with the real commands in this process; `watched` is what stderr saw. */
export async function runVitrine(
  args: readonly string[],
  { cwd, env = {}, signal = new AbortController().signal }: VitrineWorld,
): Promise<Outcome & { readonly watched: string }> {
  let watched = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      watched += chunk
      done()
    },
  })
  const outcome = await runCli(args, {
    commands: registry,
    stderr,
    signal,
    env,
    cwd,
    columns: undefined,
  })
  return { ...outcome, watched }
}
