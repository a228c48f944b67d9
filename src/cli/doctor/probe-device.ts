import { numericError } from '../../core/index.ts'
import { input, matmul, writeModel } from '../../onnx/index.ts'
import { type Device, openSession } from '../../runtime/index.ts'
import { tensor } from '../../tensor/index.ts'

/**
 * Multiplies two small matrices on a device and compares the product with the one worked out by
 * hand.
 *
 * @returns what was found, in a few words
 * @throws Numeric when the product is wrong; Unavailable when the device is absent
 */
export async function probeDevice(device: Device): Promise<string> {
  const model = writeModel({ product: matmul(input('a', [2, 3]), input('b', [3, 2])) })
  const session = await openSession(model, { device, threads: 1 })
  try {
    const a = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    const b = tensor('float32', [3, 2], Float32Array.of(7, 8, 9, 10, 11, 12))
    const { product } = await session.run({ a, b })
    const got = [...((product?.data as Float32Array | undefined) ?? [])]
    if (String(got) !== String([58, 64, 139, 154]))
      throw numericError(`device ${device}: [2,3] times [3,2] gave ${got}, not 58,64,139,154`)
    return 'multiplies matrices correctly'
  } finally {
    await session.close()
  }
}
