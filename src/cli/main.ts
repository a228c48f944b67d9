#!/usr/bin/env node
// The only file that prints and exits: everything else returns what it found.
import { abortOnInterrupt } from './interrupt.ts'
import { registry } from './registry.ts'
import { runCli } from './run-cli.ts'

const { stdout, stderr } = process
// The reader of a pipe has seen enough: `vitrine ... | head`.
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const signal = abortOnInterrupt(process, {
  now: () => Date.now(),
  onFirst: () => stderr.write('\nvitrine: stopping; press Ctrl-C again to quit at once\n'),
  onSecond: (name) => process.kill(process.pid, name),
})
const outcome = await runCli(process.argv.slice(2), {
  commands: registry,
  stderr,
  signal,
  env: process.env,
  cwd: process.cwd(),
  columns: stdout.isTTY ? stdout.columns : undefined,
})
// An exit right after a write would cut off what a pipe has not taken yet.
await new Promise<void>((resolve) => stderr.write(outcome.stderr, () => resolve()))
await new Promise<void>((resolve) => stdout.write(outcome.stdout, () => resolve()))
process.exit(outcome.exitCode)
