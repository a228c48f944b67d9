import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { apply, conv, convTranspose, input, ints, mul, reduceSum, text } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

const two = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one)
const upTo = (max: number, min = 1) => fc.integer({ min, max })

/** Kernels from 1 × 1 to 3 × 3 of every stride, padding, dilation and group, on small pictures. */
const geometry = fc
  .record({
    batch: upTo(2),
    perGroup: upTo(2),
    outputsPerGroup: upTo(2),
    groups: upTo(2),
    size: two(upTo(4)),
    kernel: two(upTo(3)),
    strides: two(upTo(3)),
    dilations: two(upTo(3)),
    pads: fc.tuple(upTo(2, 0), upTo(2, 0), upTo(2, 0), upTo(2, 0)),
    outputPadding: two(upTo(2, 0)),
    seed: fc.integer(),
  })
  .filter((place) =>
    [0, 1].every((i) => {
      const [stride, dilation, more] = [
        place.strides[i]!,
        place.dilations[i]!,
        place.outputPadding[i]!,
      ]
      const grown = (place.size[i]! - 1) * stride + dilation * (place.kernel[i]! - 1) + 1 + more
      return more < stride && grown > place.pads[i]! + place.pads[i + 2]!
    }),
  )

test('ConvTranspose of any geometry: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(geometry, async (place) => {
      const { batch, perGroup, outputsPerGroup, size, kernel, seed, ...window } = place
      const { groups } = window
      const rng = rngFromSeed(seed)
      await checkGradient({
        at: {
          x: random('float32', [batch, perGroup * groups, ...size], rng),
          w: random('float32', [perGroup * groups, outputsPerGroup, ...kernel], rng),
          bias: random('float32', [outputsPerGroup * groups], rng),
        },
        of: ({ x, w, bias }) => convTranspose(x!, w!, { ...window, bias: bias! }),
        // linear in each argument: a long step has no error of its own
        step: 0.5,
        tolerance: 2e-5,
      })
    }),
    { numRuns: 60 },
  ))

test('it is the adjoint of a convolution: ⟨conv x, y⟩ = ⟨x, convTranspose y⟩', async () => {
  const [x, y, w] = [input('x', [2, 3, 7, 6]), input('y', [2, 4, 4, 3]), input('w', [4, 3, 3, 2])]
  const window = { strides: [2, 2], pads: [1, 0, 1, 0] } as const
  const rng = rngFromSeed(1)
  const { left, right } = await evaluate(
    {
      left: reduceSum(mul(conv(x, w, window), y)),
      right: reduceSum(mul(x, convTranspose(y, w, window))),
    },
    Object.fromEntries([x, y, w].map(({ name, shape }) => [name, random('float32', shape, rng)])),
  )
  expectClose(left, right, 1e-5)
})

test('three dimensions, output_shape and auto_pad say that they have no rule', () => {
  const [x, w] = [input('x', [1, 1, 3, 3]), input('w', [1, 1, 2, 2])]
  const slope = (y: ReturnType<typeof apply>) => () => gradients(reduceSum(y), [x])
  const deep = apply('ConvTranspose', [x, w], { dtype: 'float32', shape: [1, 1, 4, 4, 4] })
  expect(slope(deep)).toThrow(/ConvTranspose: only one and two dimensions.*has 3/)
  const shaped = apply('ConvTranspose', [x, w], x, { output_shape: ints([3, 3]) })
  expect(slope(shaped)).toThrow(/output_shape is not read here; write pads/)
  const same = apply('ConvTranspose', [x, w], x, { auto_pad: text('SAME_UPPER') })
  expect(slope(same)).toThrow(/auto_pad SAME_UPPER/)
})
