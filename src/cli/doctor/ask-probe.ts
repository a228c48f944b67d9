import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Device } from '../../runtime/index.ts'

/** What can be probed: pictures, videos, or a device of onnxruntime. */
export type ProbeName = 'pictures' | 'videos' | `device:${Device}`

/** What a probe found, or why it found nothing. */
export interface Finding {
  readonly works: boolean
  readonly detail: string
}

const findingSchema = z.object({ works: z.boolean(), detail: z.string() })

/** How {@link askProbe} asks. */
export interface AskOptions {
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

/**
 * Tries a native library in a process of its own, for a bounded time.
 *
 * @throws AbortError when the signal fires
 */
export function askProbe(name: ProbeName, options: AskOptions): Promise<Finding> {
  const { signal, timeoutMs = 30_000 } = options
  // .ts in a checkout, .js in the published package.
  const script = fileURLToPath(new URL(`./probe${extname(import.meta.url)}`, import.meta.url))
  return new Promise((resolve, reject) => {
    const child = fork(script, [name], { execArgv: [], silent: true, signal, timeout: timeoutMs })
    let finding: Finding | undefined
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, 4000)
    })
    child.stdout?.resume()
    child.on('message', (message) => {
      const parsed = findingSchema.safeParse(message)
      if (parsed.success) finding = parsed.data
    })
    child.on('error', reject)
    child.on('close', (code, killedBy) => {
      const crash =
        killedBy === 'SIGTERM' ? `no answer in ${timeoutMs} ms` : (killedBy ?? `exit ${code}`)
      const said = stderr.trim().split('\n').at(-1) ?? ''
      const why = [`its process ended: ${crash}`, said].filter((part) => part !== '').join('; ')
      resolve(finding ?? { works: false, detail: why })
    })
  })
}
