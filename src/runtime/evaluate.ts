import { reachable, type Value, writeModel } from '../onnx/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { type NamedTensors, openSession, type SessionOptions } from './session.ts'

/**
 * Computes named Values once: compiles, runs, closes.
 * @param feeds a tensor for every input that the Values need; others are ignored
 */
export async function evaluate<Name extends string>(
  values: Readonly<Record<Name, Value>>,
  feeds: NamedTensors = {},
  options: SessionOptions = {},
): Promise<Record<Name, Tensor>> {
  const session = await openSession(writeModel(values), options)
  try {
    const { leaves } = reachable(Object.values(values))
    const needed = leaves.flatMap((leaf) => {
      const fed = leaf.kind === 'input' ? feeds[leaf.name] : undefined
      return leaf.kind === 'input' && fed !== undefined ? [[leaf.name, fed] as const] : []
    })
    return (await session.run(Object.fromEntries(needed))) as Record<Name, Tensor>
  } finally {
    await session.close()
  }
}
