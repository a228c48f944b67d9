import { invalidInput, rngFromSeed } from '../../core/index.ts'
import type { FacePair, LoadedPairs, Picture } from '../../data/index.ts'

/** Which pairs make which batch; all of it follows from the seed. */
export interface PairBatches {
  /** Pairs in a batch. */
  readonly size: number
  readonly stepsPerEpoch: number
  /** The pairs of a batch; every pair of the set is in one of the epoch's, a few are in two. */
  chosen(epoch: number, step: number): readonly FacePair[]
}

/**
 * Batches of pairs in a new order each epoch; the last one is filled up from the beginning.
 * @throws InvalidInput when there is no pair
 */
export function pairBatches({
  train: { pairs },
  pairsPerBatch,
  seed,
}: {
  readonly train: LoadedPairs<Picture>
  readonly pairsPerBatch: number
  readonly seed: number
}): PairBatches {
  if (pairs.length === 0)
    throw invalidInput('training: there is no pair to learn from; see which photos were skipped')
  const size = Math.min(pairsPerBatch, pairs.length)
  let known: { epoch: number; order: readonly FacePair[] } | undefined
  return {
    size,
    stepsPerEpoch: Math.ceil(pairs.length / size),
    chosen(epoch, step) {
      if (known?.epoch !== epoch)
        known = { epoch, order: rngFromSeed(seed).fork(`pairs ${epoch}`).shuffle(pairs) }
      const { order } = known
      return Array.from({ length: size }, (_, i) => order[(step * size + i) % order.length]!)
    },
  }
}
