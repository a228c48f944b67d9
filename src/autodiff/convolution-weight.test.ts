import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { constant, conv, mul, reduceSum } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const pairOf = (low: number, high: number) =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

/** Convolutions with few and many input channels, batches of one and of several bundles. */
const geometry = fc.record({
  batch: fc.constantFrom(1, 3, 8, 17, 20, 32),
  channels: fc.constantFrom(2, 15, 16, 19),
  outputs: fc.integer({ min: 1, max: 3 }),
  size: pairOf(5, 7),
  kernel: pairOf(1, 3),
  strides: pairOf(1, 3),
  dilations: pairOf(1, 2),
  pads: fc.tuple(pairOf(0, 2), pairOf(0, 2)).map(([a, b]) => [...a, ...b] as const),
  seed: fc.nat(),
})

test('the gradient of the weights is its definition, summed in float64', () =>
  fc.assert(
    fc.asyncProperty(geometry, async (place) => {
      const { batch, channels, outputs, size, kernel, seed } = place
      const rng = rngFromSeed(seed)
      const x = random('float32', [batch, channels, ...size], rng)
      const w = constant(random('float32', [outputs, channels, ...kernel], rng))
      const y = conv(constant(x), w, place)
      const dy = random('float32', y.shape, rng)
      const [slope] = gradients(reduceSum(mul(y, constant(dy))), [w])
      const { dw } = await evaluate({ dw: slope! }, {}, { threads: 1 })
      expect(dw.shape).toEqual(w.shape)
      expectClose(dw, byDefinition(x, dy, place), 1e-5)
    }),
    { numRuns: 60 },
  ))

type Geometry = typeof geometry extends fc.Arbitrary<infer Place> ? Place : never

/** Σ dY[n, o, h, w] · X[n, c, s h + d i − p, s w + d j − p], where that lies inside. */
function byDefinition(x: Tensor, dy: Tensor, place: Geometry): Float64Array {
  const { batch, channels, outputs, size, kernel, strides, dilations, pads } = place
  const [height, width] = dy.shape.slice(2) as [number, number]
  const dw = new Float64Array(outputs * channels * kernel[0] * kernel[1])
  let at = 0
  for (let o = 0; o < outputs; o++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < kernel[0]; i++)
        for (let j = 0; j < kernel[1]; j++, at++)
          for (let n = 0; n < batch; n++)
            for (let h = 0; h < height; h++)
              for (let v = 0; v < width; v++) {
                const row = h * strides[0] + i * dilations[0] - pads[0]
                const column = v * strides[1] + j * dilations[1] - pads[1]
                if (row < 0 || row >= size[0] || column < 0 || column >= size[1]) continue
                const from = ((n * channels + c) * size[0] + row) * size[1] + column
                dw[at]! +=
                  Number(dy.data[((n * outputs + o) * height + h) * width + v]) *
                  Number(x.data[from])
              }
  return dw
}
