/** A one-shot bell: whoever waits goes on when it rings, or fails when it stays silent too long. */
export interface Bell {
  /** Lets the one who waits go on. */
  ring(): void
  /**
   * Waits for the next ring.
   * @throws what `silence` makes, after `timeoutMs`
   */
  wait(timeoutMs: number, silence: () => Error): Promise<void>
}

/** A bell for callbacks of a codec: output, error, room in the queue. */
export function makeBell(): Bell {
  let wake = (): void => {}
  return {
    ring: () => wake(),
    wait: (timeoutMs, silence) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(silence()), timeoutMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}
