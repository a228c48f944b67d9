import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** One side of a benchmark: a process that answers each line with a line of JSON. */
export interface Peer {
  /** What it said first; undefined when it cannot run here. */
  readonly ready: Readonly<Record<string, unknown>> | undefined
  /** Why it cannot run. */
  readonly reason: string
  /** @throws when it has gone */
  ask<Answer>(line: string): Promise<Answer>
  close(): void
}

/**
 * Starts a script of this folder with Debian's Python and waits until it is ready. Its first line
 * of JSON is its greeting, or holds `missing` where a library is not installed.
 *
 * Settings of OpenBLAS in the environment are not passed on: an OPENBLAS_CORETYPE of another
 * machine would keep the peer from this processor's best kernels.
 * @param settings more environment
 */
export async function startPeer(
  script: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Peer> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OPENBLAS_'))
  const env = { ...Object.fromEntries(kept), ...settings }
  const path = join(import.meta.dirname, script)
  const child = spawn('/usr/bin/python3', [path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  return peerOf(child, script)
}

/** A process that speaks as peers do, once it has greeted. */
export async function peerOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
  script: string,
): Promise<Peer> {
  let problem = 'it ended at once'
  child.on('error', (error) => {
    problem = error.message
  })
  child.stdin.on('error', () => {}) // it has gone; the missing answer says so
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Record<string, unknown> | undefined> => {
    const { value } = (await lines.next()) as { value?: string }
    return value === undefined ? undefined : JSON.parse(value)
  }
  const first = await next()
  const missing = first?.missing as string | undefined
  return {
    ready: missing === undefined ? first : undefined,
    reason: missing ?? problem,
    async ask<Answer>(line: string) {
      child.stdin.write(`${line}\n`)
      const answer = await next()
      if (answer === undefined) throw new Error(`${script}: ended before it answered "${line}"`)
      return answer as Answer
    },
    close: () => child.stdin.end(),
  }
}
