import type { Point } from '../../data/index.ts'
import { type Face, type Landmarks, landmarkNames } from './face.ts'

/** What BlazeFace says of its guesses. */
export interface FaceGuesses {
  readonly anchors: readonly Point[]
  /** [anchors, 16]: centre from the anchor, width and height, then six landmarks from the anchor, x before y. */
  readonly regressors: Float32Array
  /** [anchors]: the logarithm of the odds that there is a face. */
  readonly logits: Float32Array
}

const perGuess = 16

/**
 * The guesses that are sure enough, the surest first, in pixels of the network's input.
 * @param threshold the least score, from 0 to 1
 */
export function decodeFaces(
  { anchors, regressors, logits }: FaceGuesses,
  threshold: number,
): Face[] {
  const faces: Face[] = []
  anchors.forEach((anchor, i) => {
    const score = 1 / (1 + Math.exp(-logits[i]!))
    if (!(score >= threshold)) return
    const row = regressors.subarray(i * perGuess, (i + 1) * perGuess)
    const at = (k: number): Point => ({ x: anchor.x + row[k]!, y: anchor.y + row[k + 1]! })
    const [centre, width, height] = [at(0), row[2]!, row[3]!]
    faces.push({
      score,
      box: { x: centre.x - width / 2, y: centre.y - height / 2, width, height },
      landmarks: Object.fromEntries(
        landmarkNames.map((name, k) => [name, at(4 + 2 * k)]),
      ) as Landmarks,
    })
  })
  return faces.sort((a, b) => b.score - a.score)
}
