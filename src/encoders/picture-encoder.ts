import { invalidInput, throwIfAborted } from '../core/index.ts'
import type { HubPreprocessing, Picture, Preprocessing } from '../data/index.ts'
import { openSession, type Session, type SessionOptions } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import type { PictureEncoder, TextEncoder } from './encoder.ts'
import { chooseOutput, type OutputChoice, pooledRows } from './feature-output.ts'
import { readModelFolder } from './model-folder.ts'
import { type Layout, type PictureInput, pictureInput, pictureInputName } from './picture-input.ts'
import { toUnitRows } from './unit-rows.ts'

/** Pictures that go through the network at once: more is no faster on a CPU. */
const usualBatchSize = 32

/** What {@link openPictureEncoder} opens. */
export interface NetworkSource extends OutputChoice {
  readonly name: string
  /** A graph from pictures [N, 3, S, S] to vectors [N, dimension]: its bytes, or its path. */
  readonly model: string | Uint8Array
  /** Default: what the network gives for a blank picture. */
  readonly dimension?: number
  readonly preprocessing: Preprocessing | HubPreprocessing
  readonly layout?: Layout | undefined
  /** SHA-256 of the model, where it is known. */
  readonly hash?: string
  /** What messages name: a file rather than the encoder. */
  readonly place?: string
  readonly licence?: string | undefined
  /** Opens the tower for texts that belongs to this one for pictures. */
  readonly openTextTower?: (name: string, options: SessionOptions) => Promise<TextEncoder>
}

/** A network whose pictures are made ready as a model card says. */
export interface EncoderSource extends NetworkSource {
  readonly preprocessing: Preprocessing
}

/**
 * Makes an encoder of a graph; the vectors are brought to unit length.
 * @throws InvalidInput when the graph does not turn the pictures into vectors
 */
export async function openPictureEncoder(
  source: NetworkSource,
  options: SessionOptions = {},
): Promise<PictureEncoder> {
  const { name, place = name, preprocessing, layout, hash = '', openTextTower } = source
  const input = pictureInput(preprocessing, layout)
  const session = await openSession(source.model, { name: place, ...options })
  try {
    const network = networkOf({ source, session, input, place })
    const dimension = source.dimension ?? (await network.measure())
    return {
      name,
      modality: 'picture',
      dimension,
      hash,
      pictureSize: input.pictureSize,
      stretches: input.stretches,
      ...(openTextTower && { openTextTower: () => openTextTower(name, options) }),
      async encode(pictures, { signal } = {}) {
        const { batchSize } = network
        const vectors = new Float32Array(pictures.length * dimension)
        const prepare = (start: number) =>
          input.prepare(pictures.slice(start, start + batchSize)).then(network.fill)
        // The next batch is made ready while the network works on this one.
        let upcoming = prepare(0)
        upcoming.catch(() => {}) // thrown where it is awaited
        for (let start = 0; start < pictures.length; start += batchSize) {
          throwIfAborted(signal, name)
          const batch = await upcoming
          upcoming = prepare(start + batchSize)
          upcoming.catch(() => {})
          const { rows } = await network.run(batch)
          const count = Math.min(batchSize, pictures.length - start)
          vectors.set(rows.subarray(0, count * dimension), start * dimension)
        }
        await upcoming
        return toUnitRows(vectors, dimension, name)
      },
      close: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
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
  if (card.comparison !== undefined)
    throw invalidInput(
      `${folder}: compares pictures by a weighted difference, not by their cosine, so it cannot be searched with; use it with "vitrine verify"`,
    )
  return openPictureEncoder({ ...card, model, hash: card.sha256 }, options)
}

interface NetworkParts {
  readonly source: NetworkSource
  readonly session: Session
  readonly input: PictureInput
  /** What messages name: a file rather than the encoder. */
  readonly place: string
}

/** The session as a function from prepared pictures to rows. */
function networkOf({ source, session, input, place }: NetworkParts) {
  const { pooling, tokenPooling } = source
  const output = chooseOutput(place, session.outputNames, source)
  const inputName = pictureInputName(place, session.inputNames)
  const [axis] = session.inputShapes[inputName] ?? []
  const fixed = typeof axis === 'number' && axis > 0 ? axis : undefined
  const run = async (batch: Tensor) => {
    const results = await session.run({ [inputName]: batch }, [output])
    return pooledRows({ place, results, output, pooling, tokenPooling })
  }
  /** Where the graph takes only so many pictures at once, blank ones fill up the batch. */
  const fill = (batch: Tensor): Tensor => {
    const [count = 0, ...rest] = batch.shape
    if (fixed === undefined || count === 0 || count === fixed) return batch
    const data = new Float32Array((batch.data.length / Math.max(1, count)) * fixed)
    data.set(batch.data as Float32Array)
    return tensor('float32', [fixed, ...rest], data)
  }
  return {
    batchSize: fixed ?? usualBatchSize,
    run,
    fill,
    async measure(): Promise<number> {
      const blank: Picture = { width: 2, height: 2, data: new Uint8Array(12).fill(128) }
      const count = fixed ?? 2
      const batch = await input.prepare(Array.from({ length: count }, () => blank))
      const { rows, dimension } = await run(batch)
      if (rows.length === count * dimension && dimension > 0) return dimension
      throw invalidInput(
        `${place}: turns ${count} pictures into ${rows.length / dimension} vectors of ${dimension} values, wanted one each; it is no encoder`,
      )
    },
  }
}
