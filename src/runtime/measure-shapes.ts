import { unsupportedOp } from '../core/index.ts'
import { type KnownShapes, type ModelGraph, readModel, writeExposed } from '../onnx/index.ts'
import type { DType } from '../tensor/index.ts'
import { type NamedTensors, openSession, type SessionOptions } from './session.ts'

const known: ReadonlySet<string> = new Set<DType>([
  'float32',
  'float64',
  'int32',
  'int64',
  'uint8',
  'bool',
])

/**
 * Learns the shape and dtype of everything in a model by running it once, every value an output:
 * what `onnx.toValues` needs in place of shape inference. All values are held at once, so feed one
 * batch of the size that is wanted, no larger.
 *
 * @param model what {@link readModel} read, or what it would read
 * @param feeds a tensor for every input
 * @throws UnsupportedOp when a value is of a dtype that Vitrine lacks
 */
export async function measureShapes(
  model: ModelGraph | Uint8Array | string,
  feeds: NamedTensors,
  options: SessionOptions = {},
): Promise<KnownShapes> {
  const graph =
    typeof model === 'string' || model instanceof Uint8Array ? await readModel(model) : model
  const session = await openSession(writeExposed(graph), { optimization: 'disabled', ...options })
  try {
    const values = await session.run(feeds)
    const shapes = new Map<string, { dtype: DType; shape: readonly number[] }>()
    for (const [name, { dtype, shape }] of Object.entries({ ...values, ...feeds })) {
      if (!known.has(dtype))
        throw unsupportedOp(
          `model: "${name}" is ${dtype}, which Vitrine does not compute with yet; convert the model to float32`,
        )
      shapes.set(name, { dtype, shape })
    }
    return shapes
  } finally {
    await session.close()
  }
}
