import { numericError, throwIfAborted } from '../core/index.ts'
import { type Picture, type Preprocessing, picturesToTensor } from '../data/index.ts'
import { openSession, type SessionOptions } from '../runtime/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { readModelFolder } from './model-folder.ts'

/** Pictures that go through the network at once: more is no faster on a CPU. */
const batchSize = 32

/** What {@link openPictureEncoder} opens. */
export interface EncoderSource {
  readonly name: string
  /** A graph from `pictures` [N, 3, S, S] to `vectors` [N, dimension], N free. */
  readonly model: Uint8Array
  readonly dimension: number
  readonly preprocessing: Preprocessing
  /** SHA-256 of the model, where it is known. */
  readonly hash?: string
}

/** Makes an encoder of a graph; the vectors are brought to unit length. */
export async function openPictureEncoder(
  source: EncoderSource,
  options: SessionOptions = {},
): Promise<PictureEncoder> {
  const { name, dimension, preprocessing, hash = '' } = source
  const session = await openSession(source.model, options)
  const [inputName] = session.inputNames
  const [outputName] = session.outputNames
  const prepare = async (batch: readonly Picture[]) => ({
    dtype: 'float32' as const,
    shape: [batch.length, 3, preprocessing.size, preprocessing.size],
    data: await picturesToTensor(batch, preprocessing),
  })
  return {
    name,
    modality: 'picture',
    dimension,
    hash,
    pictureSize: preprocessing.size,
    async encode(pictures, { signal } = {}) {
      const vectors = new Float32Array(pictures.length * dimension)
      // The next batch is made ready while the network works on this one.
      let upcoming = prepare(pictures.slice(0, batchSize))
      for (let start = 0; start < pictures.length; start += batchSize) {
        throwIfAborted(signal, name)
        const batch = await upcoming
        upcoming = prepare(pictures.slice(start + batchSize, start + 2 * batchSize))
        const results = await session.run({ [inputName!]: batch })
        vectors.set(results[outputName!]!.data as Float32Array, start * dimension)
      }
      await upcoming
      return toUnitLength(vectors, dimension, name)
    },
    close: () => session.close(),
  }
}

/**
 * Opens the encoder in a model folder.
 * @throws what {@link readModelFolder} and openSession throw
 */
export async function loadPictureEncoder(
  folder: string,
  options: SessionOptions = {},
): Promise<PictureEncoder> {
  const { card, model } = await readModelFolder(folder)
  return openPictureEncoder({ ...card, model, hash: card.sha256 }, options)
}

function toUnitLength(vectors: Float32Array, dimension: number, name: string): Float32Array {
  for (let start = 0; start < vectors.length; start += dimension) {
    const row = vectors.subarray(start, start + dimension)
    let sum = 0
    for (const x of row) sum += x * x
    if (!(sum > 0 && Number.isFinite(sum)))
      throw numericError(
        `${name}: picture ${start / dimension} of the batch gives a vector of length ${Math.sqrt(sum)}; the model is damaged`,
      )
    const scale = 1 / Math.sqrt(sum)
    for (let i = 0; i < row.length; i++) row[i]! *= scale
  }
  return vectors
}
