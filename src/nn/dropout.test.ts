import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { add, input, mul, parameter, reduceSum } from '../onnx/index.ts'
import { compileStep, evaluate } from '../runtime/index.ts'
import { sizeOf, tensor, zeros } from '../tensor/index.ts'
import { Dropout } from './dropout.ts'

const session = { threads: 2 }
const shape = [64, 512]
const size = sizeOf(shape)
const ones = tensor('float32', shape, new Float32Array(size).fill(1))
const number = (x: number) => tensor('float32', [], Float32Array.of(x))

/** Masks as ±, each of mean 0 and variance 1, of two layers at these steps. */
async function masks(rate: number, steps: readonly number[], seed = 1): Promise<Float64Array[][]> {
  const x = input('x', shape)
  const mode = trainingMode({ step: input('step', []), rng: rngFromSeed(seed) })
  const [a, b] = [new Dropout({ rate }).apply(x, mode), new Dropout({ rate }).apply(x, mode)]
  const found: Float64Array[][] = []
  for (const step of steps) {
    const { y, z } = await evaluate({ y: a, z: b }, { x: ones, step: number(step) }, session)
    found.push(
      [y, z].map(({ data }) =>
        Float64Array.from(
          data as Float32Array,
          (v) => (v > 0 ? rate : rate - 1) / Math.sqrt(rate * (1 - rate)),
        ),
      ),
    )
  }
  return found
}

/** Σ of products of pairs over √ of their number: standard normal where they are independent. */
function correlation(a: Float64Array, b: Float64Array, shift = 0): number {
  let sum = 0
  for (let i = shift; i < a.length; i++) sum += a[i]! * b[i - shift]!
  return sum / Math.sqrt(a.length - shift)
}

test.each([0.1, 0.5, 0.9])(
  'a rate of %f drops that share, scales up the rest and knows no pattern',
  async (rate) => {
    const found = await masks(rate, [1, 2, 3, 1000])
    const [width] = shape.slice(1) as [number]
    const flat = new Float64Array(size).fill(1)
    for (const [i, [mask, other]] of found.entries()) {
      expect(Math.abs(correlation(mask!, flat)), 'share that is dropped').toBeLessThan(5)
      for (const shift of [1, 2, width, width + 1])
        expect(
          Math.abs(correlation(mask!, mask!, shift)),
          `neighbours ${shift} apart`,
        ).toBeLessThan(5)
      expect(Math.abs(correlation(mask!, other!)), 'two layers').toBeLessThan(5)
      for (const later of found.slice(i + 1))
        expect(Math.abs(correlation(mask!, later[0]!)), 'two steps').toBeLessThan(5)
    }
  },
)

test('rows and columns lose as many elements as a binomial says', async () => {
  const [height, width] = shape as [number, number]
  const found = await masks(
    0.25,
    Array.from({ length: 8 }, (_, i) => i + 1),
  )
  const [rows, columns]: [number[], number[]] = [[], []]
  for (const [mask] of found) {
    for (let r = 0; r < height; r++)
      rows.push(
        mask!.subarray(r * width, (r + 1) * width).reduce((a, b) => a + b, 0) / Math.sqrt(width),
      )
    for (let c = 0; c < width; c++) {
      let sum = 0
      for (let r = 0; r < height; r++) sum += mask![r * width + c]!
      columns.push(sum / Math.sqrt(height))
    }
  }
  for (const sums of [rows, columns]) {
    const variance = sums.reduce((sum, z) => sum + z * z, 0) / sums.length
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / sums.length))
    expect(Math.max(...sums.map(Math.abs))).toBeLessThan(6)
  }
})

test('over many steps the mean is the input', async () => {
  const x = random('float64', [4, 8], rngFromSeed(2))
  const given = input('x', x.shape, 'float64')
  const sum = parameter(tensor('float64', x.shape, new Float64Array(32)), 'statistic')
  const y = new Dropout({ rate: 0.3 }).apply(given, trainingMode({ step: input('step', []) }))
  expect(y.dtype).toBe('float64')
  const step = await compileStep({
    outputs: {},
    updates: [{ state: sum, next: add(sum, y) }],
    session,
  })
  const steps = 2000
  for (let i = 1; i <= steps; i++) await step.run({ x, step: number(i) })
  const mean = Array.from(step.state(sum).data as Float64Array, (v) => v / steps)
  await step.close()
  const deviation = Math.sqrt(0.3 / 0.7 / steps)
  mean.forEach((v, i) => {
    expect(Math.abs(v / x.data[i]! - 1)).toBeLessThan(5 * deviation)
  })
})

test('what is kept, and its gradient, is scaled by 1 / (1 − rate)', async () => {
  const x = random('float32', shape, rngFromSeed(4), [1, 2])
  const given = input('x', shape)
  const y = new Dropout({ rate: 0.4 }).apply(given, trainingMode({ step: input('step', []) }))
  const [slope] = gradients(reduceSum(mul(y, 3)), [given])
  const found = await evaluate({ y, dx: slope! }, { x, step: number(5) }, session)
  expectClose(
    found.dx,
    Array.from(found.y.data as Float32Array, (v, i) => (3 * v) / x.data[i]!),
    1e-6,
  )
  const kept = (scale: number, data: Float32Array): number[] =>
    Array.from(data, (v, i) => (found.y.data[i] === 0 ? 0 : scale * v))
  const share = Math.round(0.6 * 65536) / 65536
  expectClose(found.y, kept(1 / share, x.data), 1e-6)
  expectClose(found.dx, kept(3 / share, ones.data), 1e-6)
  expect(new Set(found.dx.data as Float32Array).size).toBe(2)
})

test('a step that is compiled anew drops the same elements; another seed drops others', async () => {
  const draw = async (seed: number, steps: readonly number[]): Promise<Float32Array[]> => {
    const last = parameter(zeros(shape), 'statistic')
    const mode = trainingMode({ step: input('step', []), rng: rngFromSeed(seed) })
    const next = new Dropout({ rate: 0.5 }).apply(input('x', shape), mode)
    const step = await compileStep({ outputs: {}, updates: [{ state: last, next }], session })
    const drawn: Float32Array[] = []
    for (const i of steps) {
      await step.run({ x: ones, step: number(i) })
      drawn.push(Float32Array.from(step.state(last).data as Float32Array))
    }
    await step.close()
    return drawn
  }
  const whole = await draw(8, [1, 2, 3, 4])
  expect(await draw(8, [3, 4])).toEqual(whole.slice(2))
  expect(await draw(9, [3])).not.toEqual([whole[2]])
  expect(whole[0]).not.toEqual(whole[1])
})

test('in inference, and with a rate of 0, it is the identity', () => {
  const x = input('x', [2])
  expect(new Dropout({ rate: 0.5 }).apply(x, { kind: 'inference' })).toBe(x)
  expect(new Dropout({ rate: 0 }).apply(x, trainingMode())).toBe(x)
})

test.each([-0.1, 1, Number.NaN])('a rate of %f is refused', (rate) => {
  expect(() => new Dropout({ rate })).toThrow(
    expect.objectContaining({
      code: 'InvalidInput',
      message: expect.stringMatching(/rate is .*\[0, 1\)/),
    }),
  )
})
