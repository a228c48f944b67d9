import { AppError } from '../../core/index.ts'
import type { Skipped } from '../catalogue.ts'
import type { FacePair } from './parse-pairs.ts'

/** Pairs with what was made of their photos. */
export interface LoadedPairs<T> {
  /** The pairs both of whose photos could be had, in their order. */
  readonly pairs: readonly FacePair[]
  /** By path. */
  readonly photos: ReadonlyMap<string, T>
  /** The photos that could not be had, and why. */
  readonly skipped: readonly Skipped[]
  /** How many pairs were dropped because of them. */
  readonly droppedPairs: number
}

const atOnce = 8

/**
 * Loads every photo of some pairs once, a few at a time. One that is missing, cut off or damaged
 * drops its pairs, and both are counted; any other failure is thrown.
 * @param load makes of a photo's path what is kept of it
 */
export async function loadPairs<T>(
  pairs: readonly FacePair[],
  load: (path: string) => Promise<T>,
): Promise<LoadedPairs<T>> {
  const paths = [...new Set(pairs.flatMap((pair) => pair.paths))]
  const photos = new Map<string, T>()
  const reasons = new Map<string, string>()
  const next = paths.values()
  const work = async () => {
    for (const path of next)
      try {
        photos.set(path, await load(path))
      } catch (error) {
        if (!(error instanceof AppError && droppable.has(error.code))) throw error
        reasons.set(path, error.message)
      }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const kept = pairs.filter((pair) => pair.paths.every((path) => photos.has(path)))
  return {
    pairs: kept,
    photos,
    skipped: paths.flatMap((place) => {
      const reason = reasons.get(place)
      return reason === undefined ? [] : [{ place, reason }]
    }),
    droppedPairs: pairs.length - kept.length,
  }
}

const droppable: ReadonlySet<string> = new Set(['InvalidInput', 'NotFound'])
