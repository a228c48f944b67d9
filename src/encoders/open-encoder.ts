import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { invalidInput, notFound } from '../core/index.ts'
import type { Preprocessing } from '../data/index.ts'
import { openSession, type SessionOptions } from '../runtime/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { loadPictureEncoder, openPictureEncoder } from './picture-encoder.ts'

/**
 * Opens an encoder from a model folder, or from a plain .onnx file that says nothing about how
 * pictures are made ready for it.
 * @param preprocessing used for a plain file only
 * @throws NotFound when there is nothing at the path; InvalidInput when the graph does not turn
 *   [N, 3, size, size] into [N, dimension]
 */
export async function openEncoder(
  path: string,
  preprocessing: Preprocessing,
  options: SessionOptions = {},
): Promise<PictureEncoder> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    throw notFound(`${path}: there is no model here; name a model folder or an .onnx file`)
  if (found.isDirectory()) return loadPictureEncoder(path, options)
  const model = await readFile(path)
  const dimension = await probeDimension(path, model, preprocessing.size)
  const hash = createHash('sha256').update(model).digest('hex')
  const name = basename(path, '.onnx')
  return openPictureEncoder({ name, model, dimension, preprocessing, hash }, options)
}

async function probeDimension(path: string, model: Uint8Array, size: number): Promise<number> {
  const session = await openSession(model, { name: path })
  try {
    const data = new Float32Array(2 * 3 * size * size)
    const results = await session.run({
      [session.inputNames[0]!]: { dtype: 'float32', shape: [2, 3, size, size], data },
    })
    const { shape } = results[session.outputNames[0]!]!
    if (shape.length !== 2 || shape[0] !== 2)
      throw invalidInput(
        `${path}: turns two pictures of ${size} px into [${shape.join(', ')}], wanted [2, dimension]; it is no encoder`,
      )
    return shape[1]!
  } finally {
    await session.close()
  }
}
