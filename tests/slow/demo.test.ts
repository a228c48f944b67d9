import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { realFile } from '../support/real-data.ts'
import { runVitrine } from '../support/run-vitrine.ts'
import { writeUntrainedModel } from '../support/untrained-model.ts'

const grocery = realFile('data', 'grocery')
const data = dirname(grocery.path)
const main = resolve(import.meta.dirname, '../../src/cli/main.ts')

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-demo-'))
  await writeUntrainedModel(join(cwd, 'model'))
})
afterAll(() => rm(cwd, { recursive: true }))

const demo = (args: string[], env: Record<string, string> = {}) =>
  runVitrine(['demo', '--model', 'model', '--products', '12', ...args], { cwd, env })

const share = z.number().min(0).max(1)
const report = z.object({
  parts: z.array(
    z.object({
      name: z.string(),
      trials: z.array(
        z.object({ queries: z.string(), queryCount: z.int(), p1: share, p5: share, p10: share }),
      ),
      stages: z.array(z.object({ name: z.string(), seconds: z.number() })),
    }),
  ),
  sheet: z.string(),
})

test('the demo prints figures, writes a sheet, and what it says to type next works', async () => {
  const { exitCode, stdout, stderr } = await demo([])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/Sample shop +\S+ +24 wild photos +36 catalogue pictures of 12 products/)
  expect(stdout).toMatch(/Contact sheet: \.vitrine\/demo\/contact-sheet\.html/)
  const sheet = await readFile(join(cwd, '.vitrine/demo/contact-sheet.html'), 'utf8')
  expect(sheet.match(/<article>/g)).toHaveLength(24)
  const lines = [...stdout.matchAll(/vitrine -- (search .*)/g)].map(([, line]) => line!)
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    const found = await runVitrine([...line.split(' '), '--json'], { cwd })
    expect(found.stderr).toBe('')
    expect(JSON.parse(found.stdout).hits).toHaveLength(5)
  }
})

test('a second run uses what is there and gives the same figures', async () => {
  const [first, second] = [await demo(['--once', '--json']), await demo(['--once', '--json'])]
  const [a, b] = [first, second].map(({ stdout }) => report.parse(JSON.parse(stdout)))
  expect(b!.parts.map(({ trials }) => trials)).toEqual(a!.parts.map(({ trials }) => trials))
  expect(b!.parts[0]!.stages[0]!.seconds).toBeLessThan(1)
  expect(first.watched).toBe('')
})

test('what is damaged or half-made is made again', async () => {
  const whole = report.parse(JSON.parse((await demo(['--once', '--json'])).stdout))
  const folder = join(cwd, '.vitrine/demo')
  await rm(join(folder, 'shop/images'), { recursive: true })
  await writeFile(join(folder, 'index/index.json'), '{')
  const again = report.parse(JSON.parse((await demo(['--once', '--json'])).stdout))
  expect(again.parts[0]!.trials).toEqual(whole.parts[0]!.trials)
})

test('data that is named and not there is said', async () => {
  expect(await demo(['--data', 'nowhere'])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/nowhere\/grocery: the Grocery Store data set is not there/),
  })
  const remark = await demo(['--once'], { VITRINE_DATA: 'nowhere' })
  expect(remark).toMatchObject({
    exitCode: 0,
    watched: expect.stringMatching(/nowhere\/grocery: .*showing the sample shop only/),
  })
})

test('Ctrl-C stops it cleanly at any time, and a kill leaves nothing that disturbs', async () => {
  const run = async (signal: NodeJS.Signals, afterMs: number): Promise<number | null> => {
    const args = [main, 'demo', '--model', 'model', '--products', '40', '--out', 'stopped']
    const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' })
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
    await sleep(afterMs)
    child.kill(signal)
    return ended
  }
  for (const afterMs of [1500, 2500, 4000]) {
    expect(await run('SIGINT', afterMs)).toBe(130)
    const left = await readdir(join(cwd, 'stopped')).catch(() => [])
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([])
  }
  expect(await run('SIGKILL', 2500)).toBe(null)
  const args = ['demo', '--model', 'model', '--products', '40', '--out', 'stopped', '--once']
  expect(await runVitrine(args, { cwd })).toMatchObject({ exitCode: 0, stderr: '' })
})

test.skipIf(grocery.missing)(
  `the Grocery Store is searched too`,
  { timeout: 300_000 },
  async () => {
    const { stdout } = await demo(['--once', '--json', '--data', data])
    const { parts } = report.parse(JSON.parse(stdout))
    expect(parts[1]!.trials.map(({ queryCount }) => queryCount)).toEqual([2485, 2485])
    // Even an untrained encoder sees colours: it does better than guessing among 81 products.
    expect(parts[1]!.trials[1]!.p1).toBeGreaterThan(2 / 81)
  },
)
