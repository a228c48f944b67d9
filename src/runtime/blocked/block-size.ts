import { compute, input, writeModel } from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'
import { openSession } from '../session.ts'
import { nchwcDomain } from './nchwc.ts'

/**
 * How many channels lie side by side in the layout that onnxruntime's fast convolutions want: 16 or
 * 8 on this processor; 0 where it has none.
 */
export async function blockSize(): Promise<0 | 8 | 16> {
  const channels = 16
  const x = input('x', [1, channels, 1, 2])
  const [y] = compute({ op: 'ReorderInput', domain: nchwcDomain, inputs: [x], outputs: [x] })
  try {
    const session = await openSession(writeModel({ y: y! }), { threads: 1 })
    try {
      const given = Float32Array.from({ length: 2 * channels }, (_, i) => i)
      const { y } = await session.run({ x: tensor('float32', x.shape, given) })
      // element 8 is channel 8 of the first place, or channel 0 of the second
      return { [2 * 8]: 16 as const, 1: 8 as const }[Number(y!.data[8])] ?? 0
    } finally {
      await session.close()
    }
  } catch {
    return 0
  }
}
