import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError, cancelled, type ErrorCode, notFound } from '../core/index.ts'
import { type CommandContext, type CommandResult, defineCommand } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { registry } from './registry.ts'
import { type Outcome, runCli } from './run-cli.ts'

type Work = (options: { count: number }, context: CommandContext) => Promise<CommandResult>

async function run(
  args: string[],
  work: Work = async () => ({ data: null }),
  world: { signal?: AbortSignal; env?: Record<string, string> } = {},
): Promise<Outcome & { readonly watched: string }> {
  const command = defineCommand({
    name: 'count',
    summary: 'Count',
    examples: [{ line: 'count', what: 'Counts.' }],
    options: z.object({ count: z.coerce.number().default(3) }),
    run: work,
  })
  let watched = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      watched += chunk
      done()
    },
  })
  const { signal = new AbortController().signal, env = {} } = world
  const commands = [{ name: 'count', summary: 'Count', load: async () => command }]
  const outcome = await runCli(args, {
    commands,
    stderr,
    signal,
    env,
    cwd: '/',
    columns: undefined,
  })
  return { ...outcome, watched }
}

test('people get the rendering, machines the data, and nobody gets remarks on stdout', async () => {
  const work: Work = async ({ count }, { log, progress }) => {
    log('a remark')
    progress({ task: 'Counting', done: 1, total: 1, unit: 'things' })
    return { data: { count }, render: () => `counted ${count}` }
  }
  expect(await run(['count', '--count', '4'], work)).toEqual({
    exitCode: 0,
    stdout: 'counted 4\n',
    stderr: '',
    watched: 'a remark\nCounting 1 of 1 things\n',
  })
  for (const args of [
    ['count', '--json'],
    ['--json', 'count'],
  ]) {
    const { stdout, watched } = await run(args, work)
    expect(JSON.parse(stdout)).toEqual({ count: 3 })
    expect(watched).toBe('a remark\n')
  }
})

test('a command chooses its exit code when some inputs were skipped', async () => {
  const { exitCode } = await run(['count'], async () => ({
    data: 1,
    exitCode: exitCodes.someSkipped,
  }))
  expect(exitCode).toBe(10)
})

test('an error that is foreseen is one line, and an object on stderr with --json', async () => {
  const work: Work = async () => {
    throw notFound('photo\u001b.jpg: no such file; check the path')
  }
  expect(await run(['count'], work)).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: 'vitrine: photo\\x1b.jpg: no such file; check the path\n',
  })
  const { stdout, stderr } = await run(['count', '--json'], work)
  expect(stdout).toBe('')
  expect(JSON.parse(stderr)).toEqual({
    error: { code: 'NotFound', message: 'photo\u001b.jpg: no such file; check the path' },
  })
})

test('an unforeseen error says so, and where only when asked', async () => {
  const work: Work = async () => {
    throw new TypeError('x is not a function')
  }
  const quiet = await run(['count'], work)
  expect(quiet.exitCode).toBe(1)
  expect(quiet.stderr).toBe(
    'vitrine: unexpected error: x is not a function; this is a bug in vitrine (VITRINE_DEBUG=1 shows where)\n',
  )
  const loud = await run(['count'], work, { env: { VITRINE_DEBUG: '1' } })
  expect(loud.stderr).toMatch(/TypeError: x is not a function\n +at .*run-cli\.test\.ts/)
})

test('every kind of error has an exit code of its own', async () => {
  const codes = Object.keys(exitCodes).filter((code) => /^[A-Z]/.test(code)) as ErrorCode[]
  const exits = await Promise.all(
    codes.map(async (code) => {
      const { exitCode } = await run(['count'], async () => {
        throw new AppError(code, 'no')
      })
      return exitCode
    }),
  )
  expect(exits).toEqual(codes.map((code) => exitCodes[code]))
  expect(new Set(Object.values(exitCodes)).size).toBe(Object.keys(exitCodes).length)
})

test('work that was stopped exits with 130, with what it had or without', async () => {
  const signal = AbortSignal.abort()
  const saved = await run(['count'], async () => ({ data: 7 }), { signal })
  expect(saved).toMatchObject({ exitCode: 130, stdout: '7\n' })
  const thrown: Work = async () => {
    throw cancelled('count: stopped as asked')
  }
  expect(await run(['count'], thrown, { signal })).toMatchObject({ exitCode: 130, stdout: '' })
  const library: Work = async () => signal.throwIfAborted() as never
  expect(await run(['count'], library, { signal })).toMatchObject({ exitCode: 130 })
})

test('a wrong command line is exit 2 with the remedy', async () => {
  const { exitCode, stderr } = await run(['cuont'])
  expect(exitCode).toBe(2)
  expect(stderr).toBe(
    'vitrine: "cuont": there is no such command; did you mean count?; see vitrine --help\n',
  )
  expect((await run(['--nonsense'])).exitCode).toBe(2)
  expect((await run(['count', '--count', 'x'])).stderr).toContain(
    '--count: got "x", wanted a number',
  )
})

test('help and version need no command', async () => {
  for (const args of [[], ['--help'], ['-h'], ['help']])
    expect((await run(args)).stdout).toContain('  count  Count\n')
  for (const args of [
    ['count', '--help'],
    ['help', 'count'],
    ['count', '-h'],
  ])
    expect((await run(args)).stdout).toContain('Usage: vitrine count [options]')
  expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(JSON.parse((await run(['--version', '--json'])).stdout)).toHaveProperty('version')
})

test('the registry says of each command what the command says of itself, with an example', async () => {
  for (const { name, summary, load } of registry) {
    const command = await load()
    expect(command).toMatchObject({ name, summary })
    expect(command.examples.length, `${name} needs an example`).toBeGreaterThan(0)
    for (const { line } of command.examples) expect(line.split(' ')[0]).toBe(name)
    for (const [key, option] of Object.entries(command.options.shape))
      expect(
        z.toJSONSchema(z.object({ [key]: option }), { io: 'input', unrepresentable: 'any' })
          .properties?.[key],
        `${name} --${key}`,
      ).toHaveProperty('description')
  }
})
