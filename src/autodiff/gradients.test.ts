import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const x = onnx.input('x', [2, 3], 'float64')
const y = onnx.input('y', [2, 3], 'float64')
const seeds = fc.integer()
const feedsOf = (seed: number) => {
  const rng = rngFromSeed(seed)
  return { x: random('float64', x.shape, rng), y: random('float64', y.shape, rng) }
}
/** Two scalar functions of x and y. */
const f = () => onnx.reduceSum(onnx.mul(onnx.exp(x), onnx.tanh(y)))
const g = () => onnx.reduceMean(onnx.div(x, onnx.add(onnx.mul(y, y), 1)))

test('the gradient is linear: ∇(a f + b g) = a ∇f + b ∇g', () =>
  fc.assert(
    fc.asyncProperty(seeds, fc.double({ min: -3, max: 3, noNaN: true }), async (seed, a) => {
      const together = gradients(onnx.add(onnx.mul(f(), a), onnx.mul(g(), 2)), [x, y])
      const [fx, fy] = gradients(f(), [x, y])
      const [gx, gy] = gradients(g(), [x, y])
      const sum = (df: onnx.Value, dg: onnx.Value) => onnx.add(onnx.mul(df, a), onnx.mul(dg, 2))
      const found = await evaluate(
        { x1: together[0]!, y1: together[1]!, x2: sum(fx!, gx!), y2: sum(fy!, gy!) },
        feedsOf(seed),
      )
      expectClose(found.x1, found.x2, 1e-12)
      expectClose(found.y1, found.y2, 1e-12)
    }),
    { numRuns: 10 },
  ))

test('a Value used many times gathers the sum of all its uses', async () => {
  // d/dx (x · x + x + x / 2) = 2 x + 1.5
  const loss = onnx.reduceSum(onnx.add(onnx.add(onnx.mul(x, x), x), onnx.mul(x, 0.5)))
  const feeds = feedsOf(5)
  const { dx } = await evaluate({ dx: gradients(loss, [x])[0]! }, feeds)
  expectClose(
    dx,
    Array.from(feeds.x.data, (v) => 2 * v + 1.5),
    1e-14,
  )
})

test('a chain of a thousand nodes needs no deep stack', async () => {
  let z: onnx.Value = x
  for (let i = 0; i < 1000; i++) z = onnx.mul(z, 1.001)
  const { dx } = await evaluate({ dx: gradients(onnx.reduceSum(z), [x])[0]! }, feedsOf(1))
  expectClose(dx, new Array(6).fill(1.001 ** 1000), 1e-10)
})

test('differentiating by a Value in the middle, and by the loss itself', async () => {
  const square = onnx.mul(x, x)
  const loss = onnx.reduceSum(onnx.mul(square, 3))
  const [dx, middle, self] = gradients(loss, [x, square, loss])
  const feeds = feedsOf(2)
  const found = await evaluate({ dx: dx!, middle: middle!, self: self! }, feeds)
  expectClose(
    found.dx,
    Array.from(feeds.x.data, (v) => 6 * v),
    1e-14,
  )
  expect([...found.middle.data]).toEqual([3, 3, 3, 3, 3, 3])
  expect([...found.self.data]).toEqual([1])
})

test('the gradient of a gradient is the second derivative', async () => {
  const [first] = gradients(onnx.reduceSum(onnx.pow(x, 4)), [x])
  const [second] = gradients(onnx.reduceSum(first!), [x])
  const at = tensor('float64', [2, 3], Float64Array.of(1, 2, 3, 0.5, 0.25, 4))
  const { dxx } = await evaluate({ dxx: second! }, { x: at })
  expectClose(
    dxx,
    Array.from(at.data, (v) => 12 * v * v),
    1e-12,
  )
})

test('what lies behind stopGradient is a constant', async () => {
  const loss = onnx.reduceSum(onnx.mul(onnx.stopGradient(onnx.exp(x)), x))
  const feeds = feedsOf(3)
  const { dx } = await evaluate({ dx: gradients(loss, [x])[0]! }, feeds)
  expectClose(dx, Array.from(feeds.x.data, Math.exp), 1e-14)
})

test('gradients have the dtype of the loss', () => {
  const single = onnx.input('z', [2])
  expect(gradients(onnx.reduceSum(single), [single])[0]!.dtype).toBe('float32')
  expect(gradients(onnx.reduceSum(x), [x])[0]!.dtype).toBe('float64')
})

test('a loss of one element may keep its axes', async () => {
  const loss = onnx.reduceSum(x, { keepAxes: true })
  expect(loss.shape).toEqual([1, 1])
  const { dx } = await evaluate({ dx: gradients(loss, [x])[0]! }, feedsOf(1))
  expect([...dx.data]).toEqual([1, 1, 1, 1, 1, 1])
})

test('a loss that is no scalar is refused with the remedy', () => {
  expect(() => gradients(onnx.exp(x), [x])).toThrow(
    expect.objectContaining({
      code: 'Shape',
      message: expect.stringMatching(/shape \[2, 3\].*must be a scalar.*reduceMean/),
    }),
  )
})

test('a loss that is no float is refused', () => {
  const count = onnx.reduceSum(onnx.cast(x, 'int64'))
  expect(() => gradients(count, [x])).toThrow(/the loss is int64, it must be float32 or float64/)
})

test('an operator without a rule is named, with where to add one', () => {
  const odd = onnx.apply('Det', [x], x)
  expect(() => gradients(onnx.reduceSum(odd), [x])).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(/operator Det .*docs\/extending\/add-an-operator\.md/),
    }),
  )
  const [foreign] = onnx.compute({
    op: 'Exp',
    domain: 'com.microsoft',
    inputs: [x],
    outputs: [x],
  })
  expect(() => gradients(onnx.reduceSum(foreign!), [x])).toThrow(
    /com\.microsoft\.Exp .*onnxruntime's optimizer makes such operators.*as it was before/,
  )
})

test('a rule that forgets to sum or to cast is named at once', () => {
  const careless = (shape: readonly number[], dtype: 'float32' | 'float64') => {
    const gradient = () => [onnx.constant(random(dtype, shape, rngFromSeed(1)))]
    const [y] = onnx.compute({ op: 'Exp', inputs: [x], outputs: [x], gradient })
    return () => gradients(onnx.reduceSum(y!), [x])
  }
  const wanted = /the rule of Exp gives (.*) for its input 0, which is float64 (.*); sum what/
  expect(careless([4, ...x.shape], x.dtype as 'float64')).toThrow(wanted)
  expect(careless(x.shape, 'float32')).toThrow(wanted)
  expect(careless(x.shape, 'float64')).not.toThrow()
})

test('where a node was read from a file, what goes wrong names it', () => {
  const named = (op: string, attributes: onnx.Attributes = {}) => {
    const [z] = onnx.compute({ op, name: '/encoder/2', inputs: [x], outputs: [x], attributes })
    return () => gradients(onnx.reduceSum(z!), [x])
  }
  expect(named('Det')).toThrow(/operator Det \(node "\/encoder\/2"\) has no gradient rule/)
  expect(named('Conv')).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(/^gradients: \(node "\/encoder\/2"\) Conv/),
    }),
  )
})

test('an operator without a rule does no harm off the path to what is asked for', () => {
  const odd = onnx.apply('Det', [y], y)
  expect(gradients(onnx.reduceSum(onnx.mul(odd, x)), [x])).toHaveLength(1)
})

test('a Value that the loss does not depend on is pointed at', () => {
  for (const loss of [onnx.reduceSum(x), onnx.reduceSum(onnx.mul(x, onnx.stopGradient(y)))])
    expect(() => gradients(loss, [x, y])).toThrow(
      expect.objectContaining({
        code: 'InvalidInput',
        details: { index: 1 },
        message: expect.stringMatching(/does not depend on value 1 of shape \[2, 3\]/),
      }),
    )
})

test('through steps, comparisons and integers no gradient passes', async () => {
  const { values, indices } = onnx.topK(x, 2)
  const flat = [
    onnx.floor(x),
    onnx.sign(x),
    onnx.cast(onnx.greater(x, y), 'float64'),
    onnx.cast(onnx.cast(x, 'int64'), 'float64'),
    onnx.cast(onnx.argMax(x, { axis: 1, keepAxis: true }), 'float64'),
    onnx.cast(onnx.reduceSum(indices), 'float64'),
  ]
  for (const value of flat) {
    expect(() => gradients(onnx.reduceSum(value), [x])).toThrow(
      expect.objectContaining({
        code: 'InvalidInput',
        message: expect.stringMatching(
          /does not depend on value 0.*no slope \(Floor, Sign, integers\)/,
        ),
      }),
    )
  }
  const all = onnx.sum(...[x, ...flat].map((value) => onnx.reduceSum(value)))
  const feeds = feedsOf(4)
  const { dx, most } = await evaluate(
    { dx: gradients(all, [x])[0]!, most: gradients(onnx.reduceSum(values), [x])[0]! },
    feeds,
  )
  expect([...dx.data]).toEqual([1, 1, 1, 1, 1, 1])
  const row = (start: number) => Array.from(feeds.x.data.slice(start, start + 3), Number)
  const kept = [row(0), row(3)].flatMap((r) => r.map((v) => (v === Math.min(...r) ? 0 : 1)))
  expect([...most.data]).toEqual(kept)
})

test('a graph with a cycle is refused', () => {
  const inputs: onnx.Value[] = [x]
  const [a] = onnx.compute({ op: 'Exp', inputs, outputs: [x] })
  inputs[0] = onnx.neg(a!) // only by changing what is read-only
  expect(() => gradients(onnx.reduceSum(a!), [x])).toThrow(/depends on itself/)
})
