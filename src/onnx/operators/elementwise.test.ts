import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { random } from '../../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { tensor } from '../../tensor/index.ts'
import { constant, input, integers, scalar, type Value } from '../value.ts'
import * as o from './index.ts'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const softplus = (x: number) => Math.log1p(Math.exp(x))

/** Each function of one number beside its formula, and where it is defined. */
const unary: readonly [string, (x: Value) => Value, (x: number) => number, [number, number]?][] = [
  ['neg', o.neg, (x) => -x],
  ['sign', o.sign, Math.sign],
  ['floor', o.floor, Math.floor],
  ['ceil', o.ceil, Math.ceil],
  ['round', o.round, Math.round],
  ['sqrt', o.sqrt, Math.sqrt, [0, 3]],
  ['reciprocal', o.reciprocal, (x) => 1 / x, [0.5, 3]],
  ['sin', o.sin, Math.sin],
  ['cos', o.cos, Math.cos],
  ['tan', o.tan, Math.tan, [-1, 1]],
  ['asin', o.asin, Math.asin, [-1, 1]],
  ['acos', o.acos, Math.acos, [-1, 1]],
  ['atan', o.atan, Math.atan],
  ['sinh', o.sinh, Math.sinh],
  ['cosh', o.cosh, Math.cosh],
  ['asinh', o.asinh, Math.asinh],
  ['acosh', o.acosh, Math.acosh, [1, 3]],
  ['atanh', o.atanh, Math.atanh, [-0.9, 0.9]],
  ['leakyRelu', (x) => o.leakyRelu(x, 0.2), (x) => (x > 0 ? x : 0.2 * x)],
  ['thresholdedRelu', (x) => o.thresholdedRelu(x, 0.5), (x) => (x > 0.5 ? x : 0)],
  ['elu', (x) => o.elu(x, 0.7), (x) => (x > 0 ? x : 0.7 * Math.expm1(x))],
  ['selu', o.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ['celu', (x) => o.celu(x, 0.6), (x) => (x > 0 ? x : 0.6 * Math.expm1(x / 0.6))],
  ['hardSigmoid', (x) => o.hardSigmoid(x), (x) => Math.max(0, Math.min(1, 0.2 * x + 0.5))],
  ['hardSwish', o.hardSwish, (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)), [-5, 5]],
  ['softplus', o.softplus, softplus],
  ['softsign', o.softsign, (x) => x / (1 + Math.abs(x))],
  ['mish', o.mish, (x) => x * Math.tanh(softplus(x))],
  ['sigmoid', o.sigmoid, sigmoid],
  ['pow 2', (x) => o.pow(x, 2), (x) => x ** 2],
  ['pow 3, int64', (x) => o.pow(x, integers([3])), (x) => x ** 3],
  ['mod', (x) => o.mod(x, 0.7), (x) => x % 0.7],
  ['maximum', (x) => o.maximum(-0.5, x, 0.5), (x) => Math.max(x, 0.5)],
  ['minimum', (x) => o.minimum(x, 0.5, scalar(1)), (x) => Math.min(x, 0.5)],
  ['sum', (x) => o.sum(x, 1, x), (x) => 2 * x + 1],
  ['mean', (x) => o.mean(x, 1, x), (x) => (2 * x + 1) / 3],
]

test.each(unary)('%s is its formula', async (_, f, formula, range = [-3, 3]) => {
  const x = random('float32', [64], rngFromSeed(1), range)
  const found = await evaluate({ y: f(input('x', [64])) }, { x })
  expectClose(found.y, Array.from(x.data, formula), 2e-6)
})

const bool = (value: boolean) => Number(value)
const comparisons: readonly [
  string,
  (a: Value, b: Value) => Value,
  (a: number, b: number) => number,
][] = [
  ['greater', o.greater, (a, b) => bool(a > b)],
  ['greaterOrEqual', o.greaterOrEqual, (a, b) => bool(a >= b)],
  ['less', o.less, (a, b) => bool(a < b)],
  ['lessOrEqual', o.lessOrEqual, (a, b) => bool(a <= b)],
  ['equal', o.equal, (a, b) => bool(a === b)],
  ['and', (a, b) => o.and(o.greater(a, 1), o.greater(b, 1)), (a, b) => bool(a > 1 && b > 1)],
  ['or', (a, b) => o.or(o.greater(a, 1), o.greater(b, 1)), (a, b) => bool(a > 1 || b > 1)],
  ['xor', (a, b) => o.xor(o.greater(a, 1), o.greater(b, 1)), (a, b) => bool(a > 1 !== b > 1)],
  ['not', (a, b) => o.not(o.less(a, b)), (a, b) => bool(!(a < b))],
  ['isInf', (a, b) => o.isInf(o.div(a, b)), (a, b) => bool(b === 0 && a !== 0)],
  ['isNan', (a, b) => o.isNan(o.div(a, b)), (a, b) => bool(b === 0 && a === 0)],
]

test.each(comparisons)('%s broadcasts and gives bool', async (_, f, truth) => {
  const sides = [0, 1, 2]
  const a = constant(tensor('float32', [3, 1], Float32Array.from(sides)))
  const b = constant(tensor('float32', [3], Float32Array.from(sides)))
  const y = f(a, b)
  expect([y.dtype, y.shape]).toEqual(['bool', [3, 3]])
  const found = await evaluate({ y })
  expect(Array.from(found.y.data, Number)).toEqual(
    sides.flatMap((i) => sides.map((j) => truth(i, j))),
  )
})

test('any number of operands broadcast together, none are refused', () => {
  const y = o.sum(input('a', [2, 1]), input('b', [3]), input('c', [4, 1, 1]))
  expect(y.shape).toEqual([4, 2, 3])
  expect(() => o.maximum()).toThrow(/Max: at least one operand is needed/)
  expect(() => o.mean(input('a', [2]), input('b', [3]))).toThrow(/Mean: shapes \[2\] and \[3\]/)
  expect(() => o.sum(input('a', [2]), input('b', [2], 'float64'))).toThrow(/dtypes/)
})

const line = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 6 })

test('cumSum adds up from either end, with or without the element itself', () =>
  fc.assert(
    fc.asyncProperty(line, fc.boolean(), fc.boolean(), async (numbers, exclusive, reverse) => {
      const x = tensor('float32', [numbers.length, 1], Float32Array.from(numbers))
      const y = o.cumSum(input('x', x.shape), { axis: -2, exclusive, reverse })
      const { y: found } = await evaluate({ y }, { x })
      const wanted = numbers.map((_, i) => {
        const start = i + (exclusive ? 1 : 0)
        const part = reverse ? numbers.slice(start) : numbers.slice(0, i + (exclusive ? 0 : 1))
        return part.reduce((a, b) => a + b, 0)
      })
      expect(Array.from(found.data, Number)).toEqual(wanted)
    }),
    { numRuns: 20 },
  ))

test('topK sorts, argMax and argMin find the first of equals', () =>
  fc.assert(
    fc.asyncProperty(line, fc.boolean(), fc.nat(6), async (numbers, largest, k) => {
      fc.pre(k <= numbers.length)
      const x = tensor('float32', [1, numbers.length], Float32Array.from(numbers))
      const place = input('x', x.shape)
      const { values, indices } = o.topK(place, k, { largest })
      const extremes = { most: o.argMax(place, { axis: 1 }), least: o.argMin(place, { axis: -1 }) }
      const found = await evaluate({ values, indices, ...extremes }, { x })
      const sorted = numbers.toSorted((a, b) => (largest ? b - a : a - b)).slice(0, k)
      expect(Array.from(found.values.data, Number)).toEqual(sorted)
      const taken = Array.from(found.indices.data, Number)
      expect(taken.map((i) => numbers[i])).toEqual(sorted)
      expect(Number(found.most.data[0])).toBe(numbers.indexOf(Math.max(...numbers)))
      expect(Number(found.least.data[0])).toBe(numbers.indexOf(Math.min(...numbers)))
      for (const [name, value] of Object.entries({ values, indices, ...extremes }))
        expect(found[name as 'most'].shape).toEqual(value.shape)
    }),
    { numRuns: 25 },
  ))

test('what does not fit an axis is refused', () => {
  const x = input('x', [2, 3])
  expect(() => o.topK(x, 4)).toThrow(/TopK: k is 4, axis -1 of \[2, 3\] must have at least/)
  expect(() => o.topK(x, 1.5)).toThrow(/TopK: k is 1.5/)
  expect(() => o.cumSum(x, { axis: 2 })).toThrow(/CumSum: axis 2 is outside/)
  expect(() => o.argMax(x, { axis: -3 })).toThrow(/ArgMax: axis -3 is outside/)
  expect(o.argMin(x, { axis: 0, keepAxis: true }).shape).toEqual([1, 3])
})

test('a reduction over no axes works on each element alone', async () => {
  const x = input('x', [2])
  const none = { axes: [] }
  const found = await evaluate(
    {
      l1: o.reduceL1(x, none),
      l2: o.reduceL2(x, none),
      squares: o.reduceSumSquare(x, none),
      log: o.reduceLogSum(o.abs(x), none),
      same: o.neg(o.reduceProd(x, none)),
      scalar: o.reduceL2(o.reduceProd(x)),
    },
    { x: tensor('float32', [2], Float32Array.of(-2, 3)) },
  )
  expect([...found.l1.data]).toEqual([2, 3])
  expect([...found.l2.data]).toEqual([2, 3])
  expect([...found.squares.data]).toEqual([4, 9])
  expectClose(found.log, [Math.log(2), Math.log(3)], 1e-6)
  expect([...found.same.data]).toEqual([2, -3])
  expect([...found.scalar.data]).toEqual([6])
})
