import { basename } from 'node:path'
import { openSession } from '../runtime/index.ts'
import { type FileSettings, preprocessingOf, settingsOf } from './file-card.ts'
import { hashModel } from './hash-model.ts'
import type { NetworkSource } from './picture-encoder.ts'

/**
 * The network in a plain .onnx file.
 * @param given what is not known from the graph or the card beside it
 * @throws InvalidInput when something is still unknown, or the graph is no encoder
 */
export async function fileNetwork(path: string, given: FileSettings): Promise<NetworkSource> {
  const settings = await settingsOf(path, given)
  const session = await openSession(path)
  const axes = session.inputShapes[session.inputNames[0] ?? ''] ?? []
  await session.close()
  const preprocessing = preprocessingOf(path, settings, axes)
  const { layout, output, pooling, licence } = settings
  return {
    name: basename(path).replace(/\.onnx$/i, ''),
    place: path,
    model: path,
    preprocessing,
    layout,
    output,
    pooling,
    hash: await hashModel(path, { preprocessing, layout, output, pooling }),
    licence,
  }
}
