import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { add, input, parameter } from '../onnx/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { type AverageOptions, exponentialAverage } from './average.ts'

const values = [3, -1, 4, 1, -5, 9, 2, 6]

/** The average of a parameter that goes through `values`, after each step. */
async function walk(options: AverageOptions): Promise<number[]> {
  const theta = parameter(tensor('float32', [1], Float32Array.of(0.5)))
  const step = input('step', [])
  const own = { state: theta, next: add(input('x', [1]), 0) }
  const average = exponentialAverage(options).update({ ...own, step })
  const outputs = { used: add(step, 0) }
  const compiled = await compileStep({ outputs, updates: [own, average], session: { threads: 1 } })
  try {
    expect(compiled.state(average.state).data).toEqual(Float32Array.of(0.5))
    const found: number[] = []
    for (const [i, x] of values.entries()) {
      await compiled.run({
        x: tensor('float32', [1], Float32Array.of(x)),
        step: tensor('float32', [], Float32Array.of(i + 1)),
      })
      found.push(Number(compiled.state(average.state).data[0]))
    }
    expect(compiled.previous(average.state)).toBeUndefined()
    return found
  } finally {
    await compiled.close()
  }
}

const byHand = (decayAt: (t: number) => number): number[] => {
  let e = 0.5
  return values.map((x, i) => {
    e = decayAt(i + 1) * e + (1 - decayAt(i + 1)) * x
    return e
  })
}

test('e ← d e + (1 − d) θ from the value the parameter has at first', async () => {
  expectClose(
    await walk({ decay: 0.75 }),
    byHand(() => 0.75),
    1e-6,
  )
  expect(await walk({ decay: 0 })).toEqual(values)
})

test('with warm-up the decay is (1 + t) / (10 + t) until it reaches its own', async () => {
  const wanted = byHand((t) => Math.min(0.4, (1 + t) / (10 + t)))
  expectClose(await walk({ decay: 0.4, warmUp: true }), wanted, 1e-6)
})

test('the average of what does not change is that, however long', async () => {
  const theta = parameter(tensor('float32', [2], Float32Array.of(0.1, -3)))
  const step = input('step', [])
  const own = { state: theta, next: add(theta, 0) }
  const average = exponentialAverage({ decay: 0.999 }).update({ ...own, step })
  const compiled = await compileStep({ outputs: {}, updates: [own, average] })
  for (let i = 0; i < 2000; i++) await compiled.run({})
  expectClose(compiled.state(average.state), theta, 2e-6)
  await compiled.close()
})

test('another graph goes on with the same state', () => {
  const one = exponentialAverage({ decay: 0.5 })
  const [a, b] = [1, 2].map((x) => parameter(tensor('float32', [1], Float32Array.of(x))))
  const of = (state = a!) => one.update({ state, next: state, step: input('step', []) }).state
  expect(of()).toBe(of())
  expect(of(b)).not.toBe(of())
})

test.each([1, -0.1, Number.NaN])('a decay of %d is refused', (decay) => {
  expect(() => exponentialAverage({ decay })).toThrow(
    /average: decay is .*below 1; 0\.999 is usual/,
  )
})
