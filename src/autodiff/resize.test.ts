import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  type Attributes,
  apply,
  constant,
  float,
  input,
  int,
  integers,
  ints,
  mul,
  reduceSum,
  resize,
  text,
  type Value,
} from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const size = fc.integer({ min: 1, max: 7 })
const coordinates = fc.constantFrom(
  'half_pixel',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'half_pixel_symmetric',
)

/** Compares with central differences; what is linear bears a long step. */
const check = (shape: readonly number[], of: (x: Value) => Value): Promise<void> =>
  checkGradient({
    at: { x: random('float32', shape, rngFromSeed(3)) },
    of: ({ x }) => of(x!),
    step: 0.5,
    tolerance: 2e-5,
  })

test('nearest: every size, place and rounding', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 2 }),
      coordinates,
      fc.constantFrom('floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'),
      (axes, coordinates, nearest) =>
        check([2, 2, ...axes.map(([from]) => from)], (x) =>
          resize(
            x,
            axes.map(([, to]) => to),
            { coordinates: coordinates as 'half_pixel', nearest: nearest as 'floor' },
          ),
        ),
    ),
    { numRuns: 60 },
  ))

test('linear and cubic: every size and place', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size),
      fc.tuple(size, size),
      coordinates,
      fc.constantFrom('linear', 'cubic'),
      (from, to, coordinates, mode) =>
        check([2, 1, ...from], (x) =>
          resize(x, to, { coordinates: coordinates as 'half_pixel', mode: mode as 'linear' }),
        ),
    ),
    { numRuns: 60 },
  ))

/** Resize by scales that are no ratios of whole sizes. */
function scaled(x: Value, scales: readonly number[], attributes: Attributes): Value {
  const given = constant(tensor('float32', [scales.length], Float32Array.from(scales)))
  const shape = x.shape.map((size, i) => Math.floor(size * Math.fround(scales[i - 2] ?? 1)))
  return apply(
    'Resize',
    [x, null, given],
    { dtype: x.dtype, shape },
    {
      axes: ints(scales.map((_, i) => i + 2)),
      ...attributes,
    },
  )
}

test('scales decide where the places lie, not the sizes that they lead to', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size),
      fc.tuple(
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
      ),
      coordinates,
      fc.constantFrom('nearest', 'linear', 'cubic'),
      (from, scales, coordinates, mode) =>
        check([1, 2, ...from], (x) =>
          scaled(x, scales, {
            mode: text(mode),
            coordinate_transformation_mode: text(coordinates),
          }),
        ),
    ),
    { numRuns: 60 },
  ))

test('cubic with another coefficient, and with what lies outside left out', () =>
  check([1, 2, 4, 5], (x) =>
    scaled(x, [1.75, 0.6], {
      mode: text('cubic'),
      cubic_coeff_a: float(-0.5),
      exclude_outside: int(1),
    }),
  ))

test('negative axes, and sizes that the graph computes', () =>
  check([2, 3, 4], (x) => {
    const sizes = apply('Identity', [integers([6])], { dtype: 'int64', shape: [1] })
    return apply(
      'Resize',
      [x, null, null, sizes],
      { dtype: 'float32', shape: [2, 3, 6] },
      {
        mode: text('linear'),
        axes: ints([-1]),
      },
    )
  }))

test('what is only mixed keeps its sum: Σ dx = Σ dy', async () => {
  const x = input('x', [1, 1, 5, 3])
  for (const mode of ['nearest', 'linear', 'cubic'] as const) {
    const [dx] = gradients(reduceSum(resize(x, [7, 6], { mode })), [x])
    const feeds = { x: random('float32', x.shape, rngFromSeed(1)) }
    const { sum } = await evaluate({ sum: reduceSum(dx!) }, feeds)
    expect(sum.data[0]).toBeCloseTo(42, 4)
  }
})

test('an axis too long for a matrix: ⟨A x, r⟩ = ⟨x, Aᵀ r⟩', async () => {
  const x = input('x', [1, 2, 2, 2300])
  const y = resize(x, [3, 4001], { mode: 'cubic' })
  const r = input('r', y.shape)
  const [dx] = gradients(reduceSum(mul(y, r)), [x])
  const rng = rngFromSeed(2)
  const feeds = { x: random('float32', x.shape, rng), r: random('float32', r.shape, rng) }
  const { left, right } = await evaluate(
    { left: reduceSum(mul(y, r)), right: reduceSum(mul(x, dx!)) },
    feeds,
  )
  expectClose(left, right, 1e-5)
})

const [x, one] = [input('x', [1, 1, 4, 4]), { dtype: 'float32', shape: [1, 1, 2, 2] } as const]
const half = constant(tensor('float32', [4], Float32Array.of(1, 1, 0.5, 0.5)))
const refused: [string, Attributes, RegExp][] = [
  ['smoothing', { mode: text('linear'), antialias: int(1) }, /antialias 1/],
  [
    'a kept ratio',
    { keep_aspect_ratio_policy: text('not_larger') },
    /keep_aspect_ratio_policy not_larger/,
  ],
  [
    'cropping',
    { coordinate_transformation_mode: text('tf_crop_and_resize') },
    /mode nearest with tf_crop_and_resize/,
  ],
  ['an unknown mode', { mode: text('area') }, /mode area with half_pixel/],
  ['an unknown rounding', { nearest_mode: text('up') }, /nearest_mode up/],
]
test.each(refused)('%s has no rule', (_, attributes, message) => {
  const y = apply('Resize', [x, null, half], one, attributes)
  expect(() => gradients(reduceSum(y), [x])).toThrow(
    expect.objectContaining({ code: 'UnsupportedOp', message: expect.stringMatching(message) }),
  )
})

test('scales that the graph computes have no rule', () => {
  const y = apply('Resize', [x, null, apply('Identity', [half], half)], one)
  expect(() => gradients(reduceSum(y), [x])).toThrow(/scales must be a constant/)
})
