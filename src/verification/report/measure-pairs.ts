import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { FacePair, Picture, Skipped } from '../../data/index.ts'
import { decodeImage, loadPairs } from '../../data/index.ts'
import { areaUnderRoc, equalErrorRate, type PairScores } from '../../metrics/index.ts'
import { byKind, type ScoredPair, scorePairs } from '../comparing/score-pairs.ts'
import type { Verifier } from '../comparing/verifier.ts'

/** Pairs with their scores, and what could not be scored. */
export interface MeasuredPairs {
  readonly scored: readonly ScoredPair[]
  readonly scores: PairScores
  readonly areaUnderRoc: number
  readonly equalErrorRate: number
  readonly skipped: readonly Skipped[]
  readonly droppedPairs: number
}

/** Pairs of which photos are read at once: the memory that a measurement takes. */
const pairsAtOnce = 200

/** Scores pairs of files; a photo that cannot be read drops its pairs. */
export async function measurePairs(
  verifier: Verifier,
  pairs: readonly FacePair[],
  {
    progress = silent,
    signal,
  }: { readonly progress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<MeasuredPairs> {
  const scored: ScoredPair[] = []
  const skipped = new Map<string, Skipped>()
  let droppedPairs = 0
  const load = (path: string): Promise<Picture> =>
    decodeImage(path, { longestSide: verifier.decodedSide })
  for (let start = 0; start < pairs.length; start += pairsAtOnce) {
    throwIfAborted(signal, 'pairs')
    const loaded = await loadPairs(pairs.slice(start, start + pairsAtOnce), load)
    scored.push(...(await scorePairs(verifier, loaded, signal === undefined ? {} : { signal })))
    for (const photo of loaded.skipped) skipped.set(photo.place, photo)
    droppedPairs += loaded.droppedPairs
    const done = Math.min(start + pairsAtOnce, pairs.length)
    progress({ task: 'Scoring pairs', done, total: pairs.length, unit: 'pairs' })
  }
  const scores = byKind(scored)
  return {
    scored,
    scores,
    areaUnderRoc: areaUnderRoc(scores),
    equalErrorRate: equalErrorRate(scores),
    skipped: [...skipped.values()],
    droppedPairs,
  }
}
