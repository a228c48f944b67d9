import { cancelled } from './errors.ts'

/** Throws Cancelled, naming the place, once the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, place: string): void {
  if (signal?.aborted === true) throw cancelled(`${place}: stopped as asked`)
}
