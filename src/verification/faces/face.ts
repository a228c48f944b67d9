import type { Point } from '../../data/index.ts'

/** The six places of a face that the detector finds; right and left as the person has them. */
export const landmarkNames = [
  'rightEye',
  'leftEye',
  'nose',
  'mouth',
  'rightEar',
  'leftEar',
] as const

/** Where the landmarks of a face are, in pixels. */
export type Landmarks = Readonly<Record<(typeof landmarkNames)[number], Point>>

/** A face in a picture. */
export interface Face {
  /** In pixels from the top left corner; it may reach over the edge. */
  readonly box: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
  readonly landmarks: Landmarks
  /** How sure the detector is, from 0 to 1. */
  readonly score: number
}
