import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { input, parameter } from '../onnx/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { adam } from './adam.ts'
import type { Optimizer } from './optimizer.ts'
import { sgd } from './sgd.ts'

/** By tests/golden/make-optimizers.py, PyTorch in float64. */
const golden: {
  readonly shape: readonly number[]
  readonly start: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly rates: readonly number[]
  readonly paths: Readonly<Record<string, readonly (readonly number[])[]>>
} = JSON.parse(
  await readFile(new URL('../../tests/golden/optimizers.json', import.meta.url), 'utf8'),
)
const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd(),
  'sgd momentum': sgd({ momentum: 0.9 }),
  'sgd nesterov': sgd({ momentum: 0.9, nesterov: true }),
  'sgd decay': sgd({ momentum: 0.8, weightDecay: 0.1 }),
  adam: adam(),
  'adam betas': adam({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  adamw: adam({ weightDecay: 0.1 }),
}
const number = (x: number) => tensor('float32', [], Float32Array.of(x))

async function path(optimizer: Optimizer, shape = golden.shape): Promise<Float32Array[]> {
  const theta = parameter(tensor('float32', shape, Float32Array.from(golden.start)))
  const gradient = input('g', shape)
  const place = { learningRate: input('rate', []), step: input('step', []) }
  const updates = optimizer.update({ parameter: theta, gradient, ...place })
  const step = await compileStep({ outputs: {}, updates, session: { threads: 1 } })
  try {
    const visited: Float32Array[] = []
    for (const [i, slope] of golden.gradients.entries()) {
      const g = tensor('float32', shape, Float32Array.from(slope))
      const given = optimizer.name === 'adam' ? { step: number(i + 1) } : {}
      await step.run({ g, rate: number(golden.rates[i]!), ...given })
      visited.push(step.state(theta).data.slice() as Float32Array)
    }
    return visited
  } finally {
    await step.close()
  }
}

test('every golden path is walked', () => {
  expect(Object.keys(optimizers).sort()).toEqual(Object.keys(golden.paths).sort())
})

test.each(Object.entries(optimizers))(
  'five steps of %s are those of PyTorch',
  async (name, optimizer) => {
    const visited = await path(optimizer)
    visited.forEach((theta, i) => {
      expectClose(theta, golden.paths[name]![i]!, 1e-5, `step ${i + 1}`)
    })
  },
)

test('weight decay leaves biases and scales, which have one axis, alone', async () => {
  const size = [golden.start.length]
  expect(await path(sgd({ weightDecay: 0.5 }), size)).toEqual(await path(sgd(), size))
  expect(await path(adam({ weightDecay: 0.5 }), size)).toEqual(await path(adam(), size))
})

test('the states of a parameter go on when another graph is built, apart from those of others', () => {
  for (const [make, states] of [
    [() => sgd({ momentum: 0.9 }), 1],
    [() => adam(), 2],
  ] as const) {
    const [first, second] = [make(), make()]
    const theta = parameter(tensor('float32', [2], Float32Array.of(1, 2)))
    const own = (optimizer: Optimizer, of = theta) =>
      optimizer
        .update({
          parameter: of,
          gradient: input('g', [2]),
          learningRate: input('rate', []),
          step: input('step', []),
        })
        .slice(1)
        .map(({ state }) => state)
    const other = parameter(tensor('float32', [2], Float32Array.of(1, 2)))
    expect(own(first)).toHaveLength(states)
    own(first).forEach((state, i) => {
      expect(state).toBe(own(first)[i])
      expect(state).not.toBe(own(second)[i])
      expect(state).not.toBe(own(first, other)[i])
    })
  }
})
