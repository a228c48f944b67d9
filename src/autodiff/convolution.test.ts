import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { apply, conv, input, ints, reduceSum, text } from '../onnx/index.ts'
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
    size: two(upTo(6)),
    kernel: two(upTo(3)),
    strides: two(upTo(3)),
    dilations: two(upTo(2)),
    pads: fc.tuple(upTo(2, 0), upTo(2, 0), upTo(2, 0), upTo(2, 0)),
    seed: fc.integer(),
  })
  .filter(({ size, kernel, dilations, pads }) =>
    size.every(
      (n, axis) => n + pads[axis]! + pads[axis + 2]! >= dilations[axis]! * (kernel[axis]! - 1) + 1,
    ),
  )

type Geometry = typeof geometry extends fc.Arbitrary<infer T> ? T : never

async function check(place: Geometry): Promise<void> {
  const { batch, perGroup, outputsPerGroup, groups, size, kernel, seed, ...window } = place
  const rng = rngFromSeed(seed)
  const outputs = outputsPerGroup * groups
  await checkGradient({
    at: {
      x: random('float32', [batch, perGroup * groups, ...size], rng),
      w: random('float32', [outputs, perGroup, ...kernel], rng),
      b: random('float32', [outputs], rng),
    },
    of: ({ x, w, b }) => conv(x!, w!, { ...window, groups, bias: b! }),
    // linear in each argument: a long step has no error of its own
    step: 0.5,
    tolerance: 2e-5,
  })
}

test('Conv of any geometry: the gradients are those of central differences', () =>
  fc.assert(fc.asyncProperty(geometry, check), { numRuns: 60 }))

test('Conv of stride 1, whose input gradient is a convolution again', () =>
  fc.assert(
    fc.asyncProperty(geometry, (place) => {
      const reach = place.kernel.map((side, axis) => place.dilations[axis]! * (side - 1))
      const pads = place.pads.map((pad, i) => Math.min(pad, reach[i % 2]!))
      const size = place.size.map((side, axis) => side + reach[axis]!) as [number, number]
      return check({
        ...place,
        size,
        groups: 1,
        strides: [1, 1],
        pads: pads as [number, number, number, number],
      })
    }),
    { numRuns: 40 },
  ))

const encoderLayers = [
  { size: [7, 7], strides: [1, 1], kernel: 3 },
  { size: [8, 6], strides: [1, 1], kernel: 3 },
  { size: [7, 9], strides: [2, 2], kernel: 3 },
  { size: [8, 6], strides: [2, 2], kernel: 3 },
  { size: [7, 8], strides: [2, 2], kernel: 1 },
  { size: [1, 1], strides: [2, 2], kernel: 3 },
  { size: [9, 8], strides: [4, 4], kernel: 5 },
] as const

test.each(encoderLayers)('Conv on $size, kernel $kernel, strides $strides', async (layer) => {
  const rng = rngFromSeed(3)
  const side = Math.floor(layer.kernel / 2)
  await checkGradient({
    at: {
      x: random('float32', [2, 3, ...layer.size], rng),
      w: random('float32', [4, 3, layer.kernel, layer.kernel], rng),
    },
    of: ({ x, w }) => conv(x!, w!, { strides: layer.strides, pads: [side, side, side, side] }),
    step: 0.5,
    tolerance: 2e-5,
  })
})

test('Conv in three dimensions or with auto_pad says that it has no rule', () => {
  const cubeOf = { dtype: 'float32', shape: [1, 1, 4, 4, 4] } as const
  const cube = apply('Conv', [input('x', cubeOf.shape), input('w', [1, 1, 1, 1, 1])], cubeOf)
  expect(() => gradients(reduceSum(cube), [cube.node.inputs[0]!])).toThrow(/Conv: .*has 3/)
  const [x, w] = [input('x', [1, 1, 4, 4]), input('w', [1, 1, 3, 3])]
  const same = apply('Conv', [x, w], x, { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) })
  expect(() => gradients(reduceSum(same), [x])).toThrow(/auto_pad SAME_UPPER.*pads as numbers/)
})
