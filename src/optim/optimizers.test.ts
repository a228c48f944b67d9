import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { type Input, input, parameter, reachable } from '../onnx/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { adam } from './adam.ts'
import { lars } from './lars.ts'
import { lion } from './lion.ts'
import type { Optimizer, ParameterStep } from './optimizer.ts'
import { sgd } from './sgd.ts'

/** By tests/golden/make-optimizers.py: PyTorch, or the papers' algorithms in NumPy, in float64. */
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
  'sgd nesterov decay': sgd({ momentum: 0.8, nesterov: true, weightDecay: 0.1 }),
  adam: adam(),
  'adam betas': adam({ beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  'adam no momentum': adam({ beta1: 0, beta2: 0.9 }),
  adamw: adam({ weightDecay: 0.1 }),
  'adam penalty': adam({ penalty: 0.1 }),
  lion: lion(),
  'lion decay': lion({ beta1: 0.95, beta2: 0.98, weightDecay: 0.1 }),
  'lion slow': lion({ beta1: 0.99, beta2: 0.5 }),
  lars: lars(),
  'lars decay': lars({ momentum: 0.5, weightDecay: 0.1, trust: 0.5 }),
}
const number = (x: number) => tensor('float32', [], Float32Array.of(x))

/** Where one parameter goes under given gradients; all of its states must be written over. */
async function path(
  optimizer: Optimizer,
  {
    shape = golden.shape,
    start = golden.start,
    gradients = golden.gradients,
    ...place
  }: Partial<
    Pick<typeof golden, 'shape' | 'start' | 'gradients'> & Pick<ParameterStep, 'decays'>
  > = {},
): Promise<Float32Array[]> {
  const theta = parameter(tensor('float32', shape, Float32Array.from(start)))
  const gradient = input('g', shape)
  const scalars = { learningRate: input('rate', []), step: input('step', []) }
  const updates = optimizer.update({ parameter: theta, gradient, ...scalars, ...place })
  const { leaves } = reachable(updates.map(({ next }) => next))
  const taken = new Set(leaves.flatMap((leaf) => (leaf.kind === 'input' ? [leaf.name] : [])))
  const step = await compileStep({ outputs: {}, updates, session: { threads: 1 } })
  try {
    const visited: Float32Array[] = []
    for (const [i, slope] of gradients.entries()) {
      const g = tensor('float32', shape, Float32Array.from(slope))
      const feeds = { g, rate: number(golden.rates[i % 5]!), step: number(i + 1) }
      await step.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => taken.has(name))))
      visited.push(step.state(theta).data.slice() as Float32Array)
    }
    for (const { state } of updates.slice(1)) expect(step.previous(state)).toBeUndefined()
    return visited
  } finally {
    await step.close()
  }
}

test('every golden path is walked', () => {
  expect(Object.keys(optimizers).sort()).toEqual(Object.keys(golden.paths).sort())
})

test.each(Object.entries(optimizers))(
  'five steps of %s are those of the reference, and its states are written over',
  async (name, optimizer) => {
    const visited = await path(optimizer)
    visited.forEach((theta, i) => {
      expectClose(theta, golden.paths[name]![i]!, 1e-5, `step ${i + 1}`)
    })
  },
)

const penalised: readonly [string, (weightDecay: number) => Optimizer][] = [
  ['sgd', (weightDecay) => sgd({ weightDecay, momentum: 0.5 })],
  ['adam', (weightDecay) => adam({ weightDecay })],
  ['adam with a penalty', (penalty) => adam({ penalty })],
  ['lion', (weightDecay) => lion({ weightDecay })],
]

test.each(penalised)(
  'weight decay of %s leaves alone what has one axis, unless told otherwise',
  async (_, make) => {
    const row = [golden.start.length]
    expect(await path(make(0.5), { shape: row })).toEqual(await path(make(0), { shape: row }))
    expect(await path(make(0.5), { decays: false })).toEqual(await path(make(0)))
    const [matrix, told] = [
      await path(make(0.5)),
      await path(make(0.5), { shape: row, decays: true }),
    ]
    expect(told).toEqual(matrix)
    expect(told).not.toEqual(await path(make(0)))
  },
)

test('lars moves what does not decay, and what is zero, as sgd with momentum does', async () => {
  const zeros = golden.start.map(() => 0)
  const [plain, adaptive] = [sgd({ momentum: 0.5 }), lars({ momentum: 0.5, weightDecay: 0 })]
  const one = golden.gradients.slice(0, 1)
  expectClose(
    (await path(adaptive, { decays: false, gradients: one }))[0]!,
    (await path(plain, { gradients: one }))[0]!,
    1e-6,
  )
  expectClose(
    (await path(adaptive, { start: zeros, gradients: one }))[0]!,
    (await path(plain, { start: zeros, gradients: one }))[0]!,
    1e-6,
  )
})

test('without a gradient nothing moves and nothing is NaN', async () => {
  const nothing = golden.gradients.map((one) => one.map(() => 0))
  for (const make of [sgd, adam, lion, () => lars({ weightDecay: 0 })] as (() => Optimizer)[])
    for (const theta of await path(make(), { gradients: nothing }))
      expect(theta).toEqual(Float32Array.from(golden.start))
})

test('the step of Adam does not depend on the scale of the gradient, from 1e-12 to 1e12', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: -12, max: 12 }), async (power) => {
      const scaled = golden.gradients.map((one) => one.map(() => 10 ** power))
      const epsilon = 1e-20
      const [last] = (await path(adam({ epsilon }), { gradients: scaled })).slice(-1)
      const moved = golden.rates.reduce((sum, rate) => sum + rate, 0)
      expectClose(
        last!,
        golden.start.map((x) => x - moved),
        1e-4,
      )
    }),
    { numRuns: 8 },
  ))

test('Adam keeps its path over many steps, where a float32 of 1 − β₂ᵗ would not', async () => {
  const steps = 3000
  const gradients = Array.from({ length: steps }, (_, t) => [
    Math.cos(t),
    1,
    1e-4 * Math.sin(t / 7),
  ])
  const [m, v, theta] = [
    [0, 0, 0],
    [0, 0, 0],
    [0.3, -0.2, 0.1],
  ]
  for (const [i, g] of gradients.entries())
    for (const [k, x] of g.entries()) {
      m[k] = 0.9 * m[k]! + 0.1 * x
      v[k] = 0.999 * v[k]! + 0.001 * x * x
      const [a, b] = [m[k]! / (1 - 0.9 ** (i + 1)), v[k]! / (1 - 0.999 ** (i + 1))]
      theta[k]! -= (golden.rates[i % 5]! * a) / (Math.sqrt(b) + 1e-8)
    }
  const [last] = (await path(adam(), { shape: [3], start: [0.3, -0.2, 0.1], gradients })).slice(-1)
  expectClose(last!, theta, 2e-4)
})

test('what follows from the learning rate is computed once for all parameters of a graph', () => {
  const scalars = { learningRate: input('rate', []), step: input('step', []) }
  const nodesFor = (count: number, one: Optimizer): number => {
    const nexts = Array.from({ length: count }, (_, i) => {
      const theta = parameter(tensor('float32', [1, 2], Float32Array.of(1, 2)))
      return one.update({ parameter: theta, gradient: input(`g${i}`, [1, 2]), ...scalars })
    })
    return reachable(nexts.flat().map(({ next }) => next)).nodes.length
  }
  for (const [make, each] of [
    [() => adam(), 10],
    [() => adam({ weightDecay: 0.1 }), 11],
    [() => sgd({ momentum: 0.9 }), 4],
    [() => sgd({ momentum: 0.9, nesterov: true }), 5],
    [() => lion({ weightDecay: 0.1 }), 8],
  ] as const)
    expect(nodesFor(3, make()) - nodesFor(2, make())).toBe(each)
})

test('one optimizer serves graphs of its own inputs each', () => {
  const one = adam()
  const theta = parameter(tensor('float32', [2], Float32Array.of(1, 2)))
  const inputsOf = (learningRate: Input, step: Input) => {
    const [update] = one.update({ parameter: theta, gradient: input('g', [2]), learningRate, step })
    return reachable([update!.next]).leaves.filter(({ kind }) => kind === 'input')
  }
  const rate = input('rate', [])
  for (const step of [input('step', []), input('t', [])])
    expect(inputsOf(rate, step)).toEqual(expect.arrayContaining([rate, step]))
})

test('the states of a parameter go on when another graph is built, apart from those of others', () => {
  for (const [make, states] of [
    [() => sgd({ momentum: 0.9 }), 1],
    [() => adam(), 2],
    [() => lion(), 1],
    [() => lars(), 1],
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

test.each<[() => Optimizer, RegExp]>([
  [() => adam({ beta1: 1 }), /adam: beta1 is 1, it must be at least 0 and below 1; 0\.9 is usual/],
  [() => adam({ beta2: -0.1 }), /adam: beta2 is -0\.1/],
  [() => adam({ epsilon: 0 }), /adam: epsilon is 0, it must be positive; 1e-8 is usual/],
  [() => adam({ weightDecay: Number.NaN }), /adam: weight decay is NaN, it must be 0 or more/],
  [() => adam({ penalty: -1 }), /adam: penalty is -1, it must be 0 or more/],
  [() => sgd({ momentum: 1.5 }), /sgd: momentum is 1\.5/],
  [() => sgd({ weightDecay: -1 }), /sgd: weight decay is -1/],
  [() => lion({ beta1: 1 }), /lion: beta1 is 1/],
  [() => lion({ beta2: 0 }), /lion: beta2 is 0, it must be positive/],
  [() => lars({ trust: 0 }), /lars: trust is 0, it must be positive/],
  [() => lars({ momentum: Number.NaN }), /lars: momentum is NaN/],
])('a setting out of its range is refused', (make, message) => {
  expect(make).toThrow(message)
})
