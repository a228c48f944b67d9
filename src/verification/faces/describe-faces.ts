import { invalidInput } from '../../core/index.ts'
import { mirrorPicture, type Picture, picturesToTensor } from '../../data/index.ts'
import { toUnitRows } from '../../encoders/index.ts'
import { openSession, type SessionOptions } from '../../runtime/index.ts'
import { alignFace, type FaceLayout } from './align-face.ts'
import type { Landmarks } from './face.ts'

/** Describes faces by vectors that are near for one person. A resource to be closed. */
export interface FaceDescriber {
  /** How many values a vector has. */
  readonly dimension: number
  /**
   * The vector of a face, of unit length: the inner product of two is how alike they are. It is the mean of
   * those of the face and of its mirror image.
   */
  describe(picture: Picture, landmarks: Landmarks): Promise<Float32Array>
  close(): Promise<void>
}

const unit = (vector: Float32Array) => toUnitRows(vector, dimension, 'face descriptor')

/** Values of the descriptor. */
const dimension = 1024
/** Where the network likes its faces, chosen on training pairs; see docs/decisions/0021. */
const placed = { eyes: 1 / 3.4, eyeLine: 0.35 }
/** The network takes red, green and blue from 0 to 255, less a grey. */
const mean = [118 / 255, 118 / 255, 118 / 255] as const
const std = [1 / 255, 1 / 255, 1 / 255] as const

/**
 * Opens the network that describes faces.
 * @param model path of the network or its bytes
 * @throws InvalidInput when it is another network
 */
export async function openFaceDescriber(
  model: string | Uint8Array,
  options: SessionOptions = {},
): Promise<FaceDescriber> {
  const session = await openSession(model, options)
  const [name = ''] = session.inputNames
  const [output = ''] = session.outputNames
  const [, channels, size] = session.inputShapes[name] ?? []
  if (channels !== 3 || typeof size !== 'number') {
    await session.close()
    throw invalidInput(`face descriptor: takes ${session.inputShapes[name]}, wanted [1, 3, S, S]`)
  }
  const layout: FaceLayout = { size, ...placed }
  const preprocessing = { size, fit: 'stretch', mean, std } as const
  const vectorOf = async (face: Picture): Promise<Float32Array> => {
    const data = await picturesToTensor([face], preprocessing)
    const shape = [1, 3, size, size]
    const results = await session.run({ [name]: { dtype: 'float32', shape, data } })
    return unit(results[output]!.data as Float32Array)
  }
  return {
    dimension,
    async describe(picture, landmarks) {
      const face = alignFace(picture, landmarks, layout)
      const [vector, mirrored] = [await vectorOf(face), await vectorOf(mirrorPicture(face))]
      return unit(vector.map((x, i) => x + mirrored[i]!))
    },
    close: () => session.close(),
  }
}
