import { stat } from 'node:fs/promises'
import { AppError, type Progress, throwIfAborted } from '../../core/index.ts'
import { type DecodeOptions, decodeImage, type Picture, type Skipped } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import type { IndexedPicture } from '../../search/index.ts'

/** A picture file of a product. */
export interface ProductFile {
  readonly product: string
  readonly path: string
}

/** A vector with what its file looked like just before it was read. */
export interface EncodedFile extends IndexedPicture {
  readonly stamp: string
}

/** What {@link encodeFiles} takes. */
export interface EncodeFilesOptions {
  readonly files: readonly ProductFile[]
  readonly encoder: PictureEncoder
  readonly onSkipped: (skipped: Skipped) => void
  readonly progress: Progress
  readonly signal?: AbortSignal
}

/** Files open and decoded at once, and encoded at once after that. */
const batchSize = 32

/**
 * Decodes and encodes picture files in order, the next batch being decoded while one is encoded.
 * A file that cannot be read is reported and left out.
 */
export async function* encodeFiles(options: EncodeFilesOptions): AsyncGenerator<EncodedFile> {
  const { files, encoder, onSkipped, progress, signal } = options
  const decoding = fileDecoding(encoder)
  const decode = (start: number) => {
    const some = files.slice(start, start + batchSize)
    const decoded = Promise.all(some.map((file) => decodeFile(file, decoding)))
    decoded.catch(() => {}) // its failure is thrown where it is awaited
    return decoded
  }
  let upcoming = decode(0)
  try {
    for (let start = 0; start < files.length; start += batchSize) {
      throwIfAborted(signal, 'index')
      const batch = await upcoming
      upcoming = decode(start + batchSize)
      const read = batch.filter((file) => 'picture' in file)
      for (const file of batch) if ('reason' in file) onSkipped(file)
      const pictures = read.map(({ picture }) => picture)
      const vectors = await encoder.encode(pictures, signal === undefined ? {} : { signal })
      for (const [i, { file, stamp }] of read.entries())
        yield {
          product: file.product,
          picture: file.path,
          vector: vectors.subarray(i * encoder.dimension, (i + 1) * encoder.dimension),
          stamp,
        }
      progress({
        task: 'Indexing',
        done: Math.min(start + batchSize, files.length),
        total: files.length,
        unit: 'pictures',
      })
    }
  } finally {
    await upcoming.catch(() => {})
  }
}

/** How files are decoded that are encoded as they are: at once to what the encoder takes, where it says. */
export function fileDecoding(
  encoder: PictureEncoder,
): Pick<DecodeOptions, 'longestSide' | 'square'> {
  return encoder.stretches
    ? { square: encoder.pictureSize }
    : { longestSide: queryDecodeSide(encoder) }
}

/** The longer side in pixels to which pictures are decoded: half more than the encoder takes. */
export function queryDecodeSide({ pictureSize }: PictureEncoder): number {
  return Math.ceil(pictureSize * 1.5)
}

/** Size and time of a file, in a word: differs when the file was written again. */
export async function fileStamp(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${size}:${mtimeMs}`
}

type Decoded = Skipped | { file: ProductFile; picture: Picture; stamp: string }

async function decodeFile(file: ProductFile, decoding: DecodeOptions): Promise<Decoded> {
  const { path } = file
  const stamp = await fileStamp(path).catch(() => '')
  try {
    return { file, stamp, picture: await decodeImage(path, decoding) }
  } catch (error) {
    const ofThePicture =
      error instanceof AppError && (error.code === 'InvalidInput' || error.code === 'NotFound')
    if (!ofThePicture) throw error
    const { message } = error
    return {
      place: path,
      reason: message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message,
    }
  }
}
