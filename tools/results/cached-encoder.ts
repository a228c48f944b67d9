import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../src/core/index.ts'
import type { Picture } from '../../src/data/index.ts'
import { openEncoder, type PictureEncoder } from '../../src/encoders/index.ts'
import type { SectionContext } from './context.ts'

/**
 * Opens a model folder, or an .onnx file that takes pictures in [-1, 1], as a {@link cachedEncoder}
 * whose vectors lie beside the runs.
 */
export async function openCached(
  path: string,
  { runs, session }: Pick<SectionContext, 'runs' | 'session'>,
  hashes = new WeakMap<Picture, Buffer>(),
): Promise<PictureEncoder> {
  const encoder = await openEncoder(path, { ...session, settings: { mean: 0.5, std: 0.5 } })
  return cachedEncoder(encoder, { folder: join(runs, 'vectors'), hashes })
}

/**
 * An encoder that encodes each batch of pictures once and keeps the vectors in a folder, by the
 * model's hash and the pictures' pixels, so that nothing stale is ever read.
 * @param hashes of pictures seen before; encoders that share it hash a picture once
 */
export function cachedEncoder(
  encoder: PictureEncoder,
  { folder, hashes }: { readonly folder: string; readonly hashes: WeakMap<Picture, Buffer> },
): PictureEncoder {
  if (encoder.hash === '') return encoder
  const own = join(folder, encoder.hash.slice(0, 16))
  return {
    ...encoder,
    async encode(pictures, options) {
      const hash = createHash('sha256').update(encoder.hash)
      for (const picture of pictures) hash.update(hashOf(picture, hashes))
      const path = join(own, hash.digest('hex').slice(0, 32))
      const wanted = pictures.length * encoder.dimension
      const bytes = await readFile(path).catch(() => undefined)
      if (bytes?.byteLength === wanted * 4) return new Float32Array(Uint8Array.from(bytes).buffer)
      const vectors = await encoder.encode(pictures, options)
      await mkdir(own, { recursive: true })
      await writeFileAtomic(
        path,
        new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength),
      )
      return vectors
    },
  }
}

function hashOf(picture: Picture, hashes: WeakMap<Picture, Buffer>): Buffer {
  const known = hashes.get(picture)
  if (known !== undefined) return known
  const { width, height, data } = picture
  const hash = createHash('sha256').update(`${width}x${height}:`).update(data).digest()
  hashes.set(picture, hash)
  return hash
}
