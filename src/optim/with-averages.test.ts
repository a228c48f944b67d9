import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { gradients } from '../autodiff/index.ts'
import { add, input, mul, parameter, type Value } from '../onnx/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { exponentialAverage } from './average.ts'
import { withAverages } from './with-averages.ts'

const numbers = (...x: number[]) => tensor('float32', [x.length], Float32Array.from(x))

test('every parameter stands for its average, a scheduled decay moves it, statistics stay', async () => {
  const decay = input('decay', [])
  const average = exponentialAverage({ decay })
  const [theta, shift] = [parameter(numbers(3)), parameter(numbers(10), 'statistic')]
  const x = input('x', [1])
  const of = add(mul(theta, x), shift)
  const [teacher] = withAverages(average, [of]) as [Value]
  const own = { state: theta, next: add(theta, 1) }
  const moved = average.update({ ...own, step: input('step', []) })
  expect(moved.state).toBe(average.of(theta))
  const step = await compileStep({ outputs: { of, teacher }, updates: [own, moved] })
  let [student, taught] = [3, 3]
  for (const d of [0.5, 0.9, 1, 0]) {
    const at = tensor('float32', [], Float32Array.of(d))
    const found = await step.run({ x: numbers(2), decay: at })
    expectClose(found.of!, [2 * student + 10], 1e-6)
    expectClose(found.teacher!, [2 * taught + 10], 1e-6)
    student += 1
    taught = d * taught + (1 - d) * student
  }
  await step.close()
})

test('no gradient reaches the parameters, though the values are the same at first', () => {
  const average = exponentialAverage({ decay: 0.9 })
  const theta = parameter(numbers(3))
  const [teacher] = withAverages(average, [mul(theta, theta)]) as [Value]
  expect(() => gradients(teacher, [theta])).toThrow(/does not depend/)
  expect(average.of(theta).data).toEqual(theta.data)
  expect(average.of(theta).data).not.toBe(theta.data)
})

test('what has no parameter is left as it is', () => {
  const x = input('x', [1])
  const y = add(x, 1)
  expect(withAverages(exponentialAverage({ decay: 0.9 }), [y, x])).toEqual([y, x])
})
