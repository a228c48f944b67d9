import { setTimeout as wait } from 'node:timers/promises'
import { unavailable } from '../../core/index.ts'

/** Turns at one host: so many at once, none while it asks to be left alone. */
export interface HostQueue {
  /** @throws Unavailable when the host was not reachable several times in a row */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Nothing more is asked for so long. */
  pause(ms: number): void
  /** Counts what happened, so that a dead host does not cost its timeout for every picture. */
  reached(yes: boolean): void
}

const givesUpAfter = 8

/** Makes the queue of one host. */
export function hostQueue(host: string, atOnce: number): HostQueue {
  const waiting: (() => void)[] = []
  let free = atOnce
  let pausedUntil = 0
  let failures = 0
  return {
    async run(task, signal) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        if (failures >= givesUpAfter)
          throw unavailable(`${host} was not reachable ${failures} times in a row; try again later`)
        for (let ms = pausedUntil - Date.now(); ms > 0; ms = pausedUntil - Date.now())
          await wait(ms, undefined, signal === undefined ? {} : { signal })
        return await task()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free++
        else next()
      }
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, Date.now() + ms)
    },
    reached(yes) {
      failures = yes ? 0 : failures + 1
    },
  }
}
