import { join } from 'node:path'
import { invalidInput, numericError, throwIfAborted } from '../../core/index.ts'
import { type Picture, type Preprocessing, picturesToTensor } from '../../data/index.ts'
import {
  type PictureEncoder,
  readModelFolder,
  type WeightedDifference,
} from '../../encoders/index.ts'
import { openSession, type SessionOptions } from '../../runtime/index.ts'
import { tensor } from '../../tensor/index.ts'
import { type Calibration, readCalibration } from '../thresholds/calibration.ts'
import { type CompareVectors, comparisonOf } from './compare-vectors.ts'

/** Tells how alike pictures are: first each is described, then descriptions are compared. A resource to be closed. */
export interface Verifier {
  readonly name: string
  /** SHA-256 of the model, or '' where it has no card. */
  readonly hash: string
  /** Values of a description. */
  readonly dimension: number
  /** Longest side in pixels at which pictures are worth decoding. */
  readonly decodedSide: number
  /** What scores mean, where validation pairs have said so. */
  readonly calibration: Calibration | undefined
  /** Whether descriptions are compared by their cosine, as an index does. */
  readonly byCosine: boolean
  /** One description a picture. */
  describe(
    pictures: readonly Picture[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Float32Array[]>
  /** The score of two descriptions. */
  readonly compare: CompareVectors
  close(): Promise<void>
}

const batchSize = 16

/** A graph from pictures [N, 3, S, S] to descriptions [N, D], and how it is used. */
export interface DescribingModel {
  readonly name: string
  readonly model: Uint8Array
  readonly hash: string
  readonly dimension: number
  readonly preprocessing: Preprocessing
  readonly comparison?: WeightedDifference | undefined
  readonly calibration?: Calibration | undefined
}

/** Opens a trained verifier. */
export async function openDescribingModel(
  source: DescribingModel,
  options: SessionOptions = {},
): Promise<Verifier> {
  const { name, hash, dimension, preprocessing, comparison, calibration } = source
  const { size, middle = 1 } = preprocessing
  const session = await openSession(source.model, { name, ...options })
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!]
  return {
    name,
    hash,
    dimension,
    calibration,
    // smaller than that, and shrinking in two steps would give other pixels than training saw
    decodedSide: Math.ceil((4 * size) / middle),
    byCosine: comparison === undefined,
    compare: comparisonOf(comparison),
    async describe(pictures, { signal } = {}) {
      const rows: Float32Array[] = []
      for (let start = 0; start < pictures.length; start += batchSize) {
        throwIfAborted(signal, name)
        const some = pictures.slice(start, start + batchSize)
        const data = await picturesToTensor(some, preprocessing)
        const batch = tensor('float32', [some.length, 3, size, size], data)
        const described = (await session.run({ [input]: batch }))[output]!.data as Float32Array
        if (!described.every(Number.isFinite))
          throw numericError(`${name}: describes a picture by values that are not finite`)
        for (let i = 0; i < some.length; i++)
          rows.push(described.slice(i * dimension, (i + 1) * dimension))
      }
      return rows
    },
    close: () => session.close(),
  }
}

/**
 * Opens the verifier in a model folder, with the calibration that lies there.
 * @throws what readModelFolder and openSession throw, and InvalidInput when the calibration is damaged
 */
export async function loadVerifier(
  folder: string,
  options: SessionOptions & { readonly calibrated?: boolean } = {},
): Promise<Verifier> {
  const { calibrated = true, ...session } = options
  const { card, model } = await readModelFolder(folder)
  const { preprocessing } = card
  if ('filter' in preprocessing)
    throw invalidInput(`${folder}: is an encoder from elsewhere, not a verifier that was trained`)
  const calibration = calibrated
    ? await readCalibration(join(folder, 'calibration.json'), card.sha256)
    : undefined
  return openDescribingModel(
    { ...card, preprocessing, model, hash: card.sha256, calibration },
    session,
  )
}

/** Any encoder as a verifier: its vectors are compared by their cosine. */
export function encoderVerifier(encoder: PictureEncoder): Verifier {
  const { name, hash, dimension } = encoder
  return {
    name,
    hash,
    dimension,
    calibration: undefined,
    decodedSide: 2 * encoder.pictureSize,
    byCosine: true,
    compare: comparisonOf(undefined),
    async describe(pictures, options = {}) {
      const rows = await encoder.encode(pictures, options)
      return pictures.map((_, i) => rows.slice(i * dimension, (i + 1) * dimension))
    },
    close: () => encoder.close(),
  }
}
