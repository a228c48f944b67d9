/** The learning rate at a moment of training, from 0 (start) to 1 (end). */
export type Schedule = (progress: number) => number

/**
 * Linear warm-up from 0, then half a cosine down to `final`.
 * @param warmUp share of training spent warming up, in [0, 1)
 */
export function warmUpCosine(options: {
  readonly peak: number
  readonly warmUp?: number
  readonly final?: number
}): Schedule {
  const { peak, warmUp = 0.1, final = 0 } = options
  return (progress) => {
    if (progress < warmUp) return (peak * progress) / warmUp
    const rest = Math.min(1, (progress - warmUp) / (1 - warmUp))
    return final + (peak - final) * 0.5 * (1 + Math.cos(Math.PI * rest))
  }
}

/** The same rate throughout. */
export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate
