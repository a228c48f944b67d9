import { basename } from 'node:path'
import { openSession, type SessionOptions } from '../runtime/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { type FileSettings, preprocessingOf, settingsOf } from './file-card.ts'
import { hashModel } from './hash-model.ts'
import { openPictureEncoder } from './picture-encoder.ts'

/**
 * Opens a plain .onnx file as an encoder.
 * @param given what is not known from the graph or the card beside it
 * @throws InvalidInput when something is still unknown, or the graph is no encoder
 */
export async function openFileEncoder(
  path: string,
  given: FileSettings,
  options: SessionOptions & { readonly encoderName?: string },
): Promise<PictureEncoder> {
  const settings = await settingsOf(path, given)
  const session = await openSession(path, options)
  const axes = session.inputShapes[session.inputNames[0] ?? ''] ?? []
  await session.close()
  const preprocessing = preprocessingOf(path, settings, axes)
  const { layout, output, pooling } = settings
  const hash = await hashModel(path, { preprocessing, layout, output, pooling })
  const name = options.encoderName ?? basename(path).replace(/\.onnx$/i, '')
  return openPictureEncoder(
    { name, model: path, preprocessing, layout, output, pooling, hash },
    { ...options, name: path },
  )
}
