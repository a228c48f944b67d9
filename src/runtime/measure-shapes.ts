import { type KnownValues, type ModelGraph, measuring, readModel } from '../onnx/index.ts'
import { type NamedTensors, openSession, type SessionOptions } from './session.ts'

/**
 * Learns what everything in a model is by running it once: shape and dtype, and the content of what
 * follows from the shapes alone. `onnx.toValues` needs it in place of shape inference.
 *
 * @param model what {@link readModel} read, or what it would read
 * @param feeds a tensor for every input; their content does not matter where it decides no shape
 * @throws UnsupportedOp when a value is of a dtype that Vitrine lacks
 */
export async function measureShapes(
  model: ModelGraph | Uint8Array | string,
  feeds: NamedTensors,
  options: SessionOptions = {},
): Promise<KnownValues> {
  const graph =
    typeof model === 'string' || model instanceof Uint8Array ? await readModel(model) : model
  const measured = measuring(graph)
  const session = await openSession(measured.model, { optimization: 'disabled', ...options })
  try {
    const known = new Map(measured.read(await session.run(feeds)))
    for (const [name, { dtype, shape }] of Object.entries(feeds))
      known.set(name, { dtype, shape, data: undefined })
    return known
  } finally {
    await session.close()
  }
}
