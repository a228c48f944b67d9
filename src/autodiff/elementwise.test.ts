import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { onGrid, random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Shape, type Tensor, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

/** Two shapes that broadcast against each other, of up to five axes each. */
const broadcastable: fc.Arbitrary<readonly [Shape, Shape]> = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('both', 'first', 'second')), {
      maxLength: 5,
    }),
    fc.nat(5),
    fc.boolean(),
  )
  .filter(([axes]) => axes.reduce((size, [n]) => size * n, 1) <= 36)
  .map(([axes, dropped, fromFirst]) => {
    const a = axes.map(([n, who]) => (who === 'second' ? 1 : n))
    const b = axes.map(([n, who]) => (who === 'first' ? 1 : n))
    return fromFirst ? [a.slice(dropped), b] : [a, b.slice(dropped)]
  })

const operators = {
  Add: onnx.add,
  Sub: onnx.sub,
  Mul: onnx.mul,
  Div: onnx.div,
  Pow: onnx.pow,
  Mod: onnx.mod,
  Max: onnx.maximum,
  Min: onnx.minimum,
}

test.each(Object.entries(operators))(
  '%s: any broadcast has the gradient of central differences',
  (op, f) =>
    fc.assert(
      fc.asyncProperty(broadcastable, fc.integer(), async ([shapeA, shapeB], seed) => {
        const rng = rngFromSeed(seed)
        const a =
          op === 'Pow' ? random('float64', shapeA, rng, [0.4, 1.6]) : onGrid('float64', shapeA, rng)
        const b =
          op === 'Div' || op === 'Mod'
            ? random('float64', shapeB, rng, [0.4, 1.6])
            : onGrid('float64', shapeB, rng, 0.25)
        await checkGradient({ at: { a, b }, of: ({ a, b }) => f(a!, b!) })
      }),
      { numRuns: 25 },
    ),
)

test('Where: any broadcast of condition and operands', () =>
  fc.assert(
    fc.asyncProperty(broadcastable, fc.boolean(), fc.integer(), async ([shape, b], swap, seed) => {
      const rng = rngFromSeed(seed)
      const keep = Uint8Array.from({ length: shape.reduce((m, n) => m * n, 1) }, () =>
        rng.integer(2),
      )
      await checkGradient({
        at: { a: random('float64', b, rng), b: random('float64', [1], rng) },
        fixed: { keep: tensor('bool', shape, keep) },
        of: ({ a, b, keep }) => (swap ? onnx.where(keep!, b!, a!) : onnx.where(keep!, a!, b!)),
      })
    }),
    { numRuns: 25 },
  ))

const at = async (f: (x: onnx.Value) => onnx.Value, values: readonly number[]) => {
  const x = onnx.input('x', [values.length], 'float64')
  const [slope] = gradients(onnx.reduceSum(f(x)), [x])
  const data = Float64Array.from(values)
  const { y } = await evaluate({ y: slope! }, { x: tensor('float64', x.shape, data) })
  return [...y.data]
}

// Worked out by hand: what each rule says at the kinks, and where a formula would overflow.
test('at a kink a rule gives one of the one-sided slopes', async () => {
  expect(await at(onnx.relu, [-0, 0, 1])).toEqual([0, 0, 1])
  expect(await at(onnx.abs, [-2, 0, 2])).toEqual([-1, 0, 1])
  expect(await at((x) => onnx.clip(x, 0, 6), [-1, 0, 3, 6, 7])).toEqual([0, 0, 1, 0, 0])
  expect(await at((x) => onnx.maximum(x, 1), [0, 1, 2])).toEqual([0, 1, 1])
  expect(await at((x) => onnx.minimum(x, 1), [0, 1, 2])).toEqual([1, 1, 0])
  expect(await at((x) => onnx.pow(x, 2), [-3, 0, 3])).toEqual([-6, 0, 6])
})

test('far out the gradients of saturating functions are finite', async () => {
  expect(await at(onnx.sigmoid, [-800, 800])).toEqual([0, 0])
  expect(await at(onnx.tanh, [-800, 800])).toEqual([0, 0])
})

/** Up to four operands that broadcast against each other, of up to two axes each. */
const several = fc
  .record({
    sizes: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    kept: fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.nat(2)), { minLength: 1, maxLength: 4 }),
  })
  .map(({ sizes, kept }) =>
    kept.map(([first, second, dropped]) =>
      [first ? sizes[0] : 1, second ? sizes[1] : 1].slice(dropped),
    ),
  )
const named = (tensors: readonly Tensor<'float64'>[]) =>
  Object.fromEntries(tensors.map((one, i) => [`x${i}`, one]))

test.each(Object.entries({ Max: onnx.maximum, Min: onnx.minimum, Sum: onnx.sum }))(
  '%s of any number of operands has the gradient of central differences',
  (_, f) =>
    fc.assert(
      fc.asyncProperty(several, fc.integer(), async (shapes, seed) => {
        const rng = rngFromSeed(seed)
        const at = named(shapes.map((shape, i) => onGrid('float64', shape, rng, 0.2 * i)))
        await checkGradient({ at, of: (values) => f(...Object.values(values)) })
      }),
      { numRuns: 25 },
    ),
)

test.each(Object.entries({ Max: onnx.maximum, Min: onnx.minimum }))(
  '%s: however many are equal, an element hands on its gradient once',
  (_, f) =>
    fc.assert(
      fc.asyncProperty(several, fc.integer(), async (shapes, seed) => {
        const rng = rngFromSeed(seed)
        const inputs = shapes.map((shape, i) => onnx.input(`x${i}`, shape, 'float64'))
        const y = f(...inputs)
        const r = random('float64', y.shape, rng)
        const slopes = gradients(onnx.reduceSum(onnx.mul(y, onnx.constant(r))), inputs)
        const total = onnx.sum(...slopes.map((slope) => onnx.reduceSum(slope)))
        const feeds = named(
          shapes.map((shape) => {
            const { data } = random('float64', shape, rng)
            return tensor('float64', shape, data.map(Math.round))
          }),
        )
        const found = await evaluate({ total }, feeds)
        expect(found.total.data[0]).toBeCloseTo(
          r.data.reduce((a, b) => a + b, 0),
          12,
        )
      }),
      { numRuns: 25 },
    ),
)

test('x to a power, at 0 and of a negative base', async () => {
  const { POSITIVE_INFINITY: infinity } = Number
  expect(await at((x) => onnx.pow(x, 3), [-2, 0, 2])).toEqual([12, 0, 12])
  expect(await at((x) => onnx.pow(x, 1), [-2, 0, 2])).toEqual([1, 1, 1])
  expect(await at((x) => onnx.pow(x, 0.5), [0, 4])).toEqual([infinity, 0.25])
  expect(await at((x) => onnx.pow(x, 1.5), [0, 4])).toEqual([0, 3])
  expect(await at((x) => onnx.pow(x, -1), [-2, 0, 2])).toEqual([-0.25, -infinity, -0.25])
  const exponents = onnx.constant(tensor('float64', [4], Float64Array.of(0, 1, 2, 3)))
  expect(await at((x) => onnx.pow(x, exponents), [0, 0, 0, -2])).toEqual([0, 1, 0, 12])
})

test('by the exponent the slope is 0 at a base of 0, whose logarithm is infinite', async () => {
  const base = onnx.constant(tensor('float64', [4], Float64Array.of(0, 0, 1, Math.E)))
  expect(await at((b) => onnx.pow(base, b), [0, 2, 2, 1])).toEqual([0, 0, 0, Math.E])
})

test('an exponent of another dtype than the base has its gradient in its own', async () => {
  const [a, b] = [onnx.input('a', [2], 'float64'), onnx.input('b', [2])]
  const [slope] = gradients(onnx.reduceSum(onnx.pow(a, b)), [b])
  const found = await evaluate(
    { slope: slope! },
    {
      a: tensor('float64', [2], Float64Array.of(1, Math.E)),
      b: tensor('float32', [2], Float32Array.of(3, 0)),
    },
  )
  expect(found.slope).toEqual(tensor('float32', [2], Float32Array.of(0, 1)))
})

/** The operators that the slope of f is made of, for x float32. */
function operatorsOf(f: (x: onnx.Value) => onnx.Value): string[] {
  const x = onnx.input('x', [2, 3])
  const slope = gradients(onnx.reduceMean(f(x)), [x])
  return onnx.reachable(slope).nodes.map((node) => node.op)
}

test('a constant exponent costs no general power, and no exponent a logarithm unasked', () => {
  for (const p of [1, 2, 3]) expect(operatorsOf((x) => onnx.pow(x, p))).not.toContain('Pow')
  const p = onnx.input('p', [3])
  expect(operatorsOf((x) => onnx.pow(x, p))).not.toContain('Log')
})

test('the gradient of a mean is not repeated before it is multiplied', () => {
  for (const f of [onnx.relu, onnx.exp, (x: onnx.Value) => onnx.mul(x, x)])
    expect(operatorsOf(f)).not.toContain('Expand')
})

test('the gradient of a mean passes through what does not multiply it', () =>
  fc.assert(
    fc.asyncProperty(broadcastable, fc.integer(), async ([shapeA, shapeB], seed) => {
      const rng = rngFromSeed(seed)
      await checkGradient({
        at: { a: random('float64', shapeA, rng), b: random('float64', shapeB, rng) },
        of: ({ a, b }) => {
          const c = onnx.neg(onnx.mul(onnx.sub(onnx.mul(a!, 2), b!), 3))
          return onnx.reduceMean(c, { axes: [...c.shape.keys()].slice(1) })
        },
      })
    }),
    { numRuns: 25 },
  ))

test('Where hands the gradient on to the operand that was chosen', async () => {
  const f = (x: onnx.Value) => onnx.where(onnx.greater(x, 0), x, onnx.mul(x, 3))
  expect(await at(f, [-1, 0, 1])).toEqual([3, 3, 1])
})
