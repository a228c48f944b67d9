/** The part of `process` that tells of Ctrl-C. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  removeListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** How {@link abortOnInterrupt} behaves. */
export interface InterruptOptions {
  /** A clock in milliseconds. */
  readonly now: () => number
  /** Told at the first Ctrl-C. */
  readonly onFirst: () => void
  /** Told at the second, when the listeners are gone: end the process. */
  readonly onSecond: (signal: 'SIGINT' | 'SIGTERM') => void
}

/** `npm run` passes Ctrl-C on although the terminal already sent it: these are one wish, not two. */
const sameWishMs = 500

/**
 * A signal that fires at the first Ctrl-C (or SIGTERM), so that long work can save and stop. The
 * second one is not waited for.
 */
export function abortOnInterrupt(source: SignalSource, options: InterruptOptions): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const listener = (): void => {
      if (!controller.signal.aborted) {
        firstAt = options.now()
        controller.abort()
        options.onFirst()
      } else if (options.now() - firstAt >= sameWishMs) {
        for (const [name, registered] of listeners) source.removeListener(name, registered)
        options.onSecond(signal)
      }
    }
    return [signal, listener] as const
  })
  for (const [signal, listener] of listeners) source.on(signal, listener)
  return controller.signal
}
