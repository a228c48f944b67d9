import type { ProgressEvent } from '../core/index.ts'

/** How fast work goes and how long it still takes. */
export interface Pace {
  /** Units a second over the last seconds; undefined before anything was measured. */
  readonly perSecond: number | undefined
  /** Seconds; undefined where the total or the rate is not known. */
  readonly secondsLeft: number | undefined
}

const windowMs = 15_000

/**
 * Measures the pace of one task over a sliding window, so that a slow start is soon forgotten.
 *
 * @param now a clock in milliseconds
 */
export function paceMeter(now: () => number): (event: ProgressEvent) => Pace {
  const seen: { readonly at: number; readonly done: number }[] = []
  return ({ done, total }) => {
    const at = now()
    const last = seen.at(-1)
    // Four marks a second are enough: the list stays short however often work reports.
    if (last === undefined || at - last.at >= 250) seen.push({ at, done })
    while (seen.length > 2 && at - seen[1]!.at > windowMs) seen.shift()
    const first = seen[0]!
    const seconds = (at - first.at) / 1000
    if (seconds <= 0 || done <= first.done) return { perSecond: undefined, secondsLeft: undefined }
    const perSecond = (done - first.done) / seconds
    const secondsLeft = total === undefined ? undefined : Math.max(0, total - done) / perSecond
    return { perSecond, secondsLeft }
  }
}

/** `1.2k/s`-free plain words: `540/s`, `2.5/s`, `3.1 s each`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 100) return `${Math.round(perSecond)}/s`
  return perSecond >= 0.5 ? `${perSecond.toFixed(1)}/s` : `${(1 / perSecond).toFixed(1)} s each`
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
