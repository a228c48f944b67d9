/**
 * Seeded random numbers: every source of chance in Vitrine takes one of these.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), whose state is four 32-bit words.
 */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Uniform integer in [0, bound). */
  integer(bound: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
  /** An independent generator, named so that adding one elsewhere changes no other. */
  fork(name: string): Rng
  /** The state, to be given to {@link rngFromState}: what an exact resume needs. */
  state(): readonly number[]
}

/** A generator whose whole stream follows from `seed` (any 32-bit integer). */
export function rngFromSeed(seed: number): Rng {
  const rng = rngFromState([seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1])
  for (let i = 0; i < 12; i++) rng.next()
  return rng
}

/** The generator that had this {@link Rng.state}. */
export function rngFromState([a0 = 0, b0 = 0, c0 = 0, d0 = 1]: readonly number[]): Rng {
  let [a, b, c, d] = [a0, b0, c0, d0]
  const word = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  const rng: Rng = {
    next: () => word() / 4294967296,
    between: (low, high) => low + (high - low) * rng.next(),
    integer: (bound) => Math.floor(rng.next() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next()),
    pick: (items) => items[rng.integer(items.length)]!,
    shuffle: (items) => {
      const shuffled = [...items]
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = rng.integer(i + 1)
        ;[shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!]
      }
      return shuffled
    },
    fork: (name) => rngFromSeed(hashText(name) ^ a ^ d),
    state: () => [a, b, c, d],
  }
  return rng
}

/** FNV-1a of a text, 32 bits: a seed from a name. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
