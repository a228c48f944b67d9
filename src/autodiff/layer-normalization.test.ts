import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
const kinds = { layer: onnx.layerNormalization, rms: onnx.rmsNormalization }

test.each(Object.entries(kinds))('%s: from any axis on, with and without shift', (kind, f) =>
  fc.assert(
    fc.asyncProperty(
      sizes,
      fc.nat(2),
      fc.boolean(),
      fc.integer(),
      async (shape, at, plain, seed) => {
        const axis = at % shape.length
        const rng = rngFromSeed(seed)
        const affine = shape.slice(axis)
        await checkGradient({
          at: {
            x: random('float64', shape, rng),
            scale: random('float64', affine, rng),
            ...(plain || kind === 'rms' ? {} : { shift: random('float64', affine, rng) }),
          },
          of: ({ x, scale, shift }) =>
            f(x!, {
              scale: scale!,
              ...(shift === undefined ? {} : { shift }),
              axis: seed % 2 === 0 ? axis : axis - shape.length,
              epsilon: 0.1,
            }),
          tolerance: 1e-6,
        })
      },
    ),
    { numRuns: 25 },
  ),
)

test('rows far from zero keep their precision', async () => {
  const shape = [6, 64]
  const rng = rngFromSeed(3)
  const [near, r] = [random('float64', shape, rng, [-1.7, 1.7]), random('float64', shape, rng)]
  const slopes = async (offset: number, dtype: 'float32' | 'float64') => {
    const x = onnx.input('x', shape, 'float64')
    const moved = onnx.cast(onnx.add(x, offset), dtype)
    const scale = onnx.cast(onnx.expand(onnx.like(1, x), [64]), dtype)
    const y = onnx.cast(onnx.layerNormalization(moved, { scale }), 'float64')
    const [dx, dScale] = gradients(onnx.reduceSum(onnx.mul(y, onnx.constant(r))), [moved, scale])
    return await evaluate({ dx: dx!, dScale: dScale! }, { x: near })
  }
  const [wanted, found] = [await slopes(0, 'float64'), await slopes(100, 'float32')]
  expectClose(found.dx, wanted.dx, 1e-5)
  expectClose(found.dScale, wanted.dScale, 1e-5)
})

test('the gradient by a row sums to 0, since a constant added to the row changes nothing', async () => {
  const x = onnx.input('x', [5, 8], 'float64')
  const scale = onnx.expand(onnx.like(2, x), [8])
  const [dx] = gradients(onnx.reduceSum(onnx.exp(onnx.layerNormalization(x, { scale }))), [x])
  const { sum } = await evaluate(
    { sum: onnx.reduceSum(dx!, { axes: [1] }) },
    { x: random('float64', [5, 8], rngFromSeed(1)) },
  )
  for (const one of sum.data) expect(Math.abs(Number(one))).toBeLessThan(1e-12)
})

const skipped = (x: onnx.Value, skip: onnx.Value) =>
  onnx.compute({
    op: 'SkipLayerNormalization',
    domain: 'com.microsoft',
    inputs: [x, skip, onnx.expand(onnx.like(1, x), [3])],
    outputs: [x, ...[0, 1].map(() => ({ dtype: x.dtype, shape: [2, 2, 1] })), x],
  })

test('SkipLayerNormalization of which only the sum is used passes that gradient on', async () => {
  const [x, skip] = [onnx.input('x', [2, 2, 3]), onnx.input('skip', [1, 2, 3])]
  const sum = skipped(x, skip)[3]!
  const [dx, dSkip] = gradients(onnx.reduceSum(onnx.mul(sum, 3)), [x, skip])
  const found = await evaluate({ dx: dx!, dSkip: dSkip! })
  expect([...found.dx.data]).toEqual(new Array(12).fill(3))
  expect([...found.dSkip.data]).toEqual(new Array(6).fill(6))
})

const x = onnx.input('x', [2, 2, 3])
const refused: [string, () => onnx.Value, RegExp][] = [
  [
    'the mean',
    () => {
      const statistic = { dtype: 'float32', shape: [2, 2, 1] } as const
      const inputs = [x, onnx.input('scale', [3])]
      return onnx.compute({ op: 'LayerNormalization', inputs, outputs: [x, statistic] })[1]!
    },
    /LayerNormalization: its mean and deviation have no gradient rule/,
  ],
  [
    'the deviation of a sum',
    () => skipped(x, x)[2]!,
    /com\.microsoft\.SkipLayerNormalization: its mean and deviation/,
  ],
  [
    'a scale that is broadcast',
    () => onnx.apply('LayerNormalization', [x, onnx.input('scale', [1])], x, { axis: onnx.int(1) }),
    /scale or shift of shape \[1\] for rows of 6 has no gradient rule/,
  ],
]
test.each(refused)('%s is refused', (_, build, message) => {
  expect(() => gradients(onnx.reduceSum(build()), [x])).toThrow(
    expect.objectContaining({ code: 'UnsupportedOp', message: expect.stringMatching(message) }),
  )
})
