import { type Picture, type Point, warpPerspective } from '../../data/index.ts'
import type { Landmarks } from './face.ts'
import { fitSimilarity } from './fit-similarity.ts'

/** Where the landmarks come to lie in an aligned face. */
export interface FaceLayout {
  /** Side of the square in pixels. */
  readonly size: number
  /** Distance of the eyes, in sides of the square. */
  readonly eyes: number
  /** How far below the upper edge the eyes are, in sides of the square. */
  readonly eyeLine: number
}

/** An upright face seen from the front, in distances of its eyes from the point between them. */
const upright: Readonly<Partial<Record<keyof Landmarks, Point>>> = {
  rightEye: { x: -0.5, y: 0 },
  leftEye: { x: 0.5, y: 0 },
  nose: { x: 0, y: 0.6 },
  mouth: { x: 0, y: 1.1 },
}

/**
 * A face upright and of one size: turned, scaled and shifted so that eyes, nose and mouth lie as near as
 * may be to where an upright face has them. The ears take no part, as one of them is often hidden.
 * @throws InvalidInput when a landmark is no number
 */
export function alignFace(
  picture: Picture,
  landmarks: Landmarks,
  { size, eyes, eyeLine }: FaceLayout,
): Picture {
  const names = Object.keys(upright) as (keyof typeof upright)[]
  const wanted = names.map((name): Point => {
    const { x, y } = upright[name]!
    return { x: size * (0.5 + eyes * x), y: size * (eyeLine + eyes * y) }
  })
  const toPicture = fitSimilarity(
    wanted,
    names.map((name) => landmarks[name]),
  )
  return warpPerspective(picture, toPicture, { width: size, height: size })
}
