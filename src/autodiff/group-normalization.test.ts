import fc from 'fast-check'
import { expect, test } from 'vitest'
import { curved32 } from '../../tests/gradients/case.ts'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

const size = fc.integer({ min: 1, max: 3 })

test('groups by channel, of any rank and number: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size, size, fc.array(size, { maxLength: 2 })),
      fc.integer(),
      async ([batch, groups, perGroup, places], seed) => {
        const rng = rngFromSeed(seed)
        const channels = groups * perGroup
        await checkGradient({
          at: {
            x: random('float32', [batch, channels, ...places], rng),
            scale: random('float32', [channels], rng),
            shift: random('float32', [channels], rng),
          },
          of: ({ x, scale, shift }) =>
            onnx.groupNormalization(x!, { groups, scale: scale!, shift: shift!, epsilon: 0.1 }),
          ...curved32,
        })
      },
    ),
    { numRuns: 25 },
  ))

test('as many groups as channels are instances, value and gradient', async () => {
  const shape = [2, 4, 3, 5]
  const rng = rngFromSeed(4)
  const [x, scale, shift] = [
    onnx.input('x', shape),
    onnx.input('scale', [4]),
    onnx.input('shift', [4]),
  ]
  const r = onnx.constant(random('float32', shape, rng))
  const all = (y: onnx.Value) => gradients(onnx.reduceSum(onnx.mul(y, r)), [x, scale, shift])
  const one = onnx.instanceNormalization(x, { scale, shift })
  const other = onnx.groupNormalization(x, { groups: 4, scale, shift })
  const [a, b] = [all(one), all(other)]
  const found = await evaluate(
    { one, other, dx1: a[0]!, dx2: b[0]!, ds1: a[1]!, ds2: b[1]!, dt1: a[2]!, dt2: b[2]! },
    {
      x: random('float32', shape, rng, [5, 9]),
      scale: random('float32', [4], rng),
      shift: random('float32', [4], rng),
    },
  )
  expectClose(found.one, found.other, 1e-5)
  expectClose(found.dx1, found.dx2, 1e-5)
  expectClose(found.ds1, found.ds2, 1e-5)
  expectClose(found.dt1, found.dt2, 1e-5)
})

test('GroupNormalization with a scale a channel, as later operator sets have it, is refused', () => {
  const [x, scale] = [onnx.input('x', [2, 4, 3]), onnx.input('scale', [4])]
  const y = onnx.apply('GroupNormalization', [x, scale, scale], x, { num_groups: onnx.int(2) })
  expect(() => gradients(onnx.reduceSum(y), [x])).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(/scale of shape \[4\] for 2 groups has no gradient rule/),
    }),
  )
})
