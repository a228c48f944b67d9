import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import {
  decodeImage,
  type FacePair,
  type LfwView,
  loadPairs,
  type Picture,
  type Point,
} from '../../data/index.ts'
import {
  areaUnderRoc,
  errorRates,
  mostAccurateThreshold,
  type PairScores,
  pairAccuracy,
} from '../../metrics/index.ts'
import { innerProduct } from '../comparing/compare-vectors.ts'
import type { Landmarks } from './face.ts'
import type { Faces } from './open-faces.ts'

/** How well faces are told apart; shares from 0 to 1. */
export interface FaceReport {
  /** Chosen on the train pairs. */
  readonly threshold: number
  readonly trainAccuracy: number
  /** Of the test pairs with that threshold. */
  readonly accuracy: number
  /** Area under the ROC curve of the test pairs. */
  readonly auc: number
  /** Share of test pairs of two people that pass for one. */
  readonly falseMatchRate: number
  /** Share of test pairs of one person that pass for two. */
  readonly falseNonMatchRate: number
  readonly trainPairs: number
  readonly testPairs: number
  /** Photos of all pairs, and those of them in which no face was found. */
  readonly photos: number
  readonly withoutFace: number
  /** Pairs that were dropped because a photo could not be read. */
  readonly droppedPairs: number
}

/**
 * Tells the pairs of View 1 apart. Nothing is learned; the threshold is the one that is best on the train
 * pairs. Of several faces the one in the middle is meant, as the data set has it; where none is
 * found, the place is taken that a face usually has in these photos, so that every pair is answered.
 */
export async function evaluateFaces(
  faces: Faces,
  { train, test }: LfwView,
  options: { readonly progress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<FaceReport> {
  const { progress = silent, signal } = options
  const total = new Set([...train, ...test].flatMap(({ paths }) => paths)).size
  let [done, withoutFace] = [0, 0]
  const { pairs, photos, droppedPairs } = await loadPairs([...train, ...test], async (path) => {
    throwIfAborted(signal, 'faces')
    const picture = await decodeImage(path)
    const outcome = await faces.look(picture, 'middle')
    progress({ task: 'Describing faces', done: ++done, total, unit: 'photos' })
    if (outcome.kind === 'face') return outcome.vector
    withoutFace++
    return faces.describe(picture, { landmarks: usualPlace(picture) })
  })
  const scored = (some: readonly FacePair[]): PairScores => {
    const chosen = new Set(some)
    const of = (wanted: boolean) =>
      pairs
        .filter((pair) => chosen.has(pair) && pair.same === wanted)
        .map(({ paths: [a, b] }) => innerProduct(photos.get(a)!, photos.get(b)!))
    return { same: of(true), different: of(false) }
  }
  const [trainScores, testScores] = [scored(train), scored(test)]
  const threshold = mostAccurateThreshold(trainScores)
  return {
    threshold,
    trainAccuracy: pairAccuracy(trainScores, threshold),
    accuracy: pairAccuracy(testScores, threshold),
    auc: areaUnderRoc(testScores),
    ...errorRates(testScores, threshold),
    trainPairs: trainScores.same.length + trainScores.different.length,
    testPairs: testScores.same.length + testScores.different.length,
    photos: photos.size,
    withoutFace,
    droppedPairs,
  }
}

/** Where a face is in the mean of the train photos of View 1. */
export function usualPlace({ width, height }: Picture): Landmarks {
  const at = (x: number, y: number): Point => ({ x: x * width, y: y * height })
  return {
    rightEye: at(0.414, 0.457),
    leftEye: at(0.596, 0.454),
    nose: at(0.504, 0.564),
    mouth: at(0.506, 0.658),
    rightEar: at(0.325, 0.499),
    leftEar: at(0.695, 0.494),
  }
}
