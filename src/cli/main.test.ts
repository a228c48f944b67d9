import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

function vitrine(
  args: string[],
  { interruptAfterMs = 0, closeStdout = false } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    if (closeStdout) child.stdout.destroy()
    if (interruptAfterMs > 0) setTimeout(() => child.kill('SIGINT'), interruptAfterMs)
    child.on('error', reject)
    child.on('close', (code, killedBy) => resolve({ code, killedBy, stdout, stderr }))
  })
}

const diagnosis = z.object({
  ok: z.literal(true),
  checks: z.array(z.object({ name: z.string(), status: z.enum(['ok', 'absent', 'broken']) })),
})

test('doctor --json prints one JSON document and exits with 0 on a sound machine', async () => {
  const { code, stdout, stderr } = await vitrine(['doctor', '--json'])
  expect(stderr).toBe('')
  const { checks } = diagnosis.parse(JSON.parse(stdout))
  expect(checks.map(({ name }) => name)).toContain('onnxruntime on cpu')
  expect(code).toBe(0)
})

test('a wrong command line exits with 2 and leaves stdout empty', async () => {
  const ended = await vitrine(['doctor', '--jsom'])
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toContain('did you mean --json?')
})

test('a reader that goes away is no error', async () => {
  expect(await vitrine(['--help'], { closeStdout: true })).toMatchObject({ code: 0, stderr: '' })
})

test('Ctrl-C stops the work with exit 130', async () => {
  // Too early the process cannot listen yet, too late it is done: the time between grows with load.
  for (let ms = 150; ms < 20_000; ms *= 2) {
    const { code, killedBy, stderr } = await vitrine(['doctor'], { interruptAfterMs: ms })
    if (killedBy !== null) continue
    expect(code).toBe(130)
    expect(stderr).toContain('stopping; press Ctrl-C again')
    return
  }
  throw new Error('no Ctrl-C was ever heard')
})
