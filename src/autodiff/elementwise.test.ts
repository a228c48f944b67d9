import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { onGrid, random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

/** Two shapes that broadcast against each other, of up to three axes each. */
const broadcastable: fc.Arbitrary<readonly [Shape, Shape]> = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('both', 'first', 'second')), {
      maxLength: 3,
    }),
    fc.nat(3),
    fc.boolean(),
  )
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
          op === 'Div'
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

test('Max of three says that it has no rule', () => {
  const x = onnx.input('x', [2])
  const y = onnx.apply('Max', [x, x, x], x)
  expect(() => gradients(onnx.reduceSum(y), [x])).toThrow(/Max: with 3 inputs/)
})
