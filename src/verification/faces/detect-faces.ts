import { invalidInput } from '../../core/index.ts'
import { type Picture, type Point, picturesToTensor } from '../../data/index.ts'
import { openSession, type Session, type SessionOptions } from '../../runtime/index.ts'
import { blazeFaceAnchors } from './anchors.ts'
import { decodeFaces } from './decode-faces.ts'
import { type Face, type Landmarks, landmarkNames } from './face.ts'
import { mergeFaces } from './merge-faces.ts'

/** Finds faces. A resource to be closed. */
export interface FaceDetector {
  /** The faces of a picture in its pixels, the surest first. */
  detect(picture: Picture): Promise<readonly Face[]>
  close(): Promise<void>
}

/** How {@link openFaceDetector} finds. */
export interface DetectorOptions extends SessionOptions {
  /** The least score of a face; default 0.5, as MediaPipe has it. */
  readonly threshold?: number
  /** Which share of their union two guesses for one face have in common; default 0.3. */
  readonly overlap?: number
}

/**
 * Opens BlazeFace, which takes squares: a picture of another shape is laid on white.
 * @param model path of the network or its bytes
 * @throws InvalidInput when it is another network
 */
export async function openFaceDetector(
  model: string | Uint8Array,
  { threshold = 0.5, overlap = 0.3, ...options }: DetectorOptions = {},
): Promise<FaceDetector> {
  const session = await openSession(model, options)
  const [name = ''] = session.inputNames
  const [, channels, size] = session.inputShapes[name] ?? []
  if (channels !== 3 || typeof size !== 'number') {
    await session.close()
    throw invalidInput(`face detector: takes ${session.inputShapes[name]}, wanted [1, 3, S, S]`)
  }
  const anchors = blazeFaceAnchors(size)
  const preprocessing = { size, fit: 'contain', mean: half, std: half } as const
  return {
    async detect(picture) {
      const data = await picturesToTensor([picture], preprocessing)
      const shape = [1, 3, size, size]
      const results = await session.run({ [name]: { dtype: 'float32', shape, data } })
      const found = decodeFaces({ anchors, ...sorted(results, anchors.length) }, threshold)
      return mergeFaces(found, overlap).map((face) => inPicture(face, picture, size))
    },
    close: () => session.close(),
  }
}

const half = [0.5, 0.5, 0.5] as const

/** The two grids' numbers one after another; their outputs differ in shape, whatever they are called. */
function sorted(results: Awaited<ReturnType<Session['run']>>, count: number) {
  const tensors = Object.values(results).sort((a, b) => b.shape[1]! - a.shape[1]!)
  const joined = (width: number): Float32Array => {
    const parts = tensors.filter(({ shape }) => shape[2] === width)
    return Float32Array.from(parts.flatMap(({ data }) => Array.from(data, Number)))
  }
  const [regressors, logits] = [joined(16), joined(1)]
  if (logits.length !== count || regressors.length !== 16 * count)
    throw invalidInput(
      `face detector: gives ${logits.length} guesses, wanted ${count}; it is another network`,
    )
  return { regressors, logits }
}

/** The middle of the network's square is the middle of the picture. */
function inPicture(face: Face, { width, height }: Picture, size: number): Face {
  const scale = Math.max(width, height) / size
  const place = ({ x, y }: Point): Point => ({
    x: (x - size / 2) * scale + width / 2,
    y: (y - size / 2) * scale + height / 2,
  })
  const { box, landmarks, score } = face
  return {
    score,
    box: { ...place(box), width: box.width * scale, height: box.height * scale },
    landmarks: Object.fromEntries(
      landmarkNames.map((name) => [name, place(landmarks[name])]),
    ) as Landmarks,
  }
}
