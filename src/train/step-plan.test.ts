import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { type LinearPlanOptions, linearPlan } from '../../tests/support/linear-plan.ts'
import { takeCheckpoint, trainLinear } from '../../tests/support/train-linear.ts'
import { rngFromSeed } from '../core/index.ts'
import { add, input, mul, reachable, reduceMean, sqrt } from '../onnx/index.ts'
import { adam, constantRate, exponentialAverage, lars, lion, sgd } from '../optim/index.ts'
import { buildStep } from './build-step.ts'
import { train } from './train.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-step-plan-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Every option with another optimizer; made anew each time, as a new process would. */
const plans: Readonly<Record<string, () => LinearPlanOptions>> = {
  'sgd with momentum': () => ({
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
    schedule: constantRate(0.01),
  }),
  'lion, clipped': () => ({ optimizer: lion({ weightDecay: 0.01 }), clip: { norm: 0.5 } }),
  'lars, each element clipped': () => ({ optimizer: lars({ trust: 0.05 }), clip: { value: 0.3 } }),
  'groups, one frozen': () => ({
    groups: [
      { pattern: /bias/, rate: 0 },
      { pattern: /./, rate: 0.5 },
    ],
  }),
  'four batches a step, inputs dropped': () => ({ accumulate: 4, dropped: 0.3 }),
  averages: () => ({ average: exponentialAverage({ decay: 0.9, warmUp: true }) }),
  'all of it': () => ({
    optimizer: adam({ weightDecay: 0.01 }),
    clip: { norm: 1 },
    accumulate: 2,
    average: exponentialAverage({ decay: 0.95 }),
    groups: [{ pattern: /^weight$/, rate: 0.5, decay: false }],
  }),
}

test.each(Object.entries(plans))(
  'with %s a resumed run is the same to the last bit',
  async (_, make) => {
    const whole = await trainLinear(folder, make())
    for (const stopAfter of [13, 30, 47]) {
      const interrupt = new AbortController()
      const stopped = trainLinear(folder, make(), {
        signal: interrupt.signal,
        progress: ({ done }) => {
          if (done === stopAfter) interrupt.abort()
        },
      })
      await expect(stopped).rejects.toMatchObject({ code: 'Cancelled' })
      const resumed = await trainLinear(folder, make())
      expect([...resumed.tensors]).toEqual([...whole.tensors])
      expect(resumed.curve).toEqual(whole.curve)
      expect(resumed.network.weight.data).toEqual(whole.network.weight.data)
    }
  },
)

/** What one step of plain descent changes, by parameter. */
async function oneStep(options: LinearPlanOptions) {
  const { plan, network } = linearPlan({
    optimizer: sgd(),
    schedule: constantRate(0.01),
    ...options,
  })
  const phases = [{ ...plan.phases[0]!, epochs: 1, stepsPerEpoch: 1 }]
  const before = Object.entries(network).map(([name, { data }]) => [name, data.slice()] as const)
  const { curve } = await train({ ...plan, phases }, { folder, identity: 'one' })
  const tensors = await takeCheckpoint(folder)
  const moved = before.map(([name, old]) => {
    const now = tensors.get(name)!.data as Float32Array
    return [name, Array.from(now, (x, i) => x - Number(old[i]))] as const
  })
  return { ...(Object.fromEntries(moved) as Record<'weight' | 'bias', number[]>), curve, tensors }
}

describe('groups', () => {
  test('a rate is a factor of the learning rate; the first group that says so decides', async () => {
    const plain = await oneStep({})
    const groups = [
      { pattern: /^b/, decay: true },
      { pattern: /^w/, rate: 0.1 },
      { pattern: /i/g, rate: 3 },
    ]
    const grouped = await oneStep({ groups })
    expectClose(
      grouped.weight,
      plain.weight.map((x) => x * 0.1),
      1e-4,
    )
    expectClose(
      grouped.bias,
      plain.bias.map((x) => x * 3),
      1e-4,
    )
  })

  test('what is frozen stays, has no state and no gradient', async () => {
    const groups = [{ pattern: /weight/, rate: 0 }]
    const { weight, bias, tensors } = await oneStep({ groups, optimizer: adam() })
    expect(weight).toEqual([0, 0, 0])
    expect(bias[0]).not.toBe(0)
    expect([...tensors.keys()].sort()).toEqual([
      'best:bias',
      'best:weight',
      'bias',
      'bias/adam.1',
      'bias/adam.2',
      'weight',
    ])
    const sizeWith = (options: LinearPlanOptions) => {
      const { plan } = linearPlan(options)
      const { outputs, updates } = buildStep({ phase: plan.phases[0]!, plan, rng: rngFromSeed(1) })
      return reachable([...Object.values(outputs), ...updates.map(({ next }) => next)]).nodes
    }
    const products = (nodes: ReturnType<typeof sizeWith>) =>
      nodes.filter(({ op }) => op === 'Gemm' || op === 'MatMul')
    expect(products(sizeWith({ groups }))).toHaveLength(1)
    expect(products(sizeWith({}))).toHaveLength(2)
  })

  test('weight decay can be left out and put in', async () => {
    const optimizer = () => sgd({ weightDecay: 0.5 })
    const plain = await oneStep({})
    const start = linearPlan().network
    const decayed = await oneStep({ optimizer: optimizer() })
    const pulled = (start.weight.data as Float32Array).map((x) => -0.01 * 0.5 * x)
    expectClose(
      decayed.weight.map((x, i) => x - plain.weight[i]!),
      pulled,
      1e-3,
    )
    expect(decayed.bias).toEqual(plain.bias)
    const groups = [{ pattern: /weight/, decay: false }]
    expect((await oneStep({ optimizer: optimizer(), groups })).weight).toEqual(plain.weight)
  })
})

describe('clipping', () => {
  test('the norm of the gradients is a column, and the step is no longer than the limit', async () => {
    const [plain, limited] = [await oneStep({}), await oneStep({ clip: { norm: 0.5 } })]
    const length = Math.hypot(...plain.weight, ...plain.bias) / 0.01
    expect(length).toBeGreaterThan(0.6)
    expectClose([limited.curve[0]!.gradientNorm!], [length], 1e-5)
    const factor = 0.5 / length
    expectClose(
      [...limited.weight, ...limited.bias],
      [...plain.weight, ...plain.bias].map((x) => x * factor),
      1e-4,
    )
    expect(plain.curve[0]).not.toHaveProperty('gradientNorm')
  })

  test('each element can be limited instead', async () => {
    const { weight, bias } = await oneStep({ clip: { value: 0.05 } })
    for (const x of [...weight, ...bias]) expect(Math.abs(x)).toBeLessThanOrEqual(0.0005 + 1e-7)
  })
})

describe('averages', () => {
  test('are validated and kept, while training goes on without them', async () => {
    const own = await trainLinear(folder, { epochs: 2 })
    const seen: Float32Array[] = []
    const { plan, network } = linearPlan({ epochs: 2, average: exponentialAverage({ decay: 0.9 }) })
    const validate = () => {
      seen.push(Float32Array.from(network.weight.data as Float32Array))
      return plan.validate()
    }
    await train({ ...plan, validate }, { folder, identity: 'x' })
    const tensors = await takeCheckpoint(folder)
    expect(tensors.get('weight')).toEqual(own.tensors.get('weight'))
    expect(seen[1]).toEqual(tensors.get('weight/average')!.data)
    expect(seen[1]).not.toEqual(tensors.get('weight')!.data)
    expect(network.weight.data).toEqual(seen[1])
    expect(tensors.get('best:bias')!.data).toEqual(tensors.get('bias/average')!.data)
  })

  test('a validation that fails leaves the network as training had it', async () => {
    const { plan, network } = linearPlan({ epochs: 2, average: exponentialAverage({ decay: 0.9 }) })
    const own = await trainLinear(folder, { epochs: 2, validateEvery: 2 })
    let calls = 0
    const validate = async () => {
      if (++calls === 2) throw new Error('no disk')
      return plan.validate()
    }
    await expect(train({ ...plan, validate }, { folder, identity: 'x' })).rejects.toThrow('no disk')
    expect(network.weight.data).toEqual(own.tensors.get('weight')!.data)
  })
})

describe('what cannot be is refused', () => {
  test.each<[string, LinearPlanOptions, RegExp]>([
    [
      'accumulate 0',
      { accumulate: 0 },
      /accumulate is 0, it must be a whole number of batches, 1 or more/,
    ],
    ['accumulate 1.5', { accumulate: 1.5 }, /accumulate is 1\.5/],
    ['a norm of 0', { clip: { norm: 0 } }, /limit of the gradient norm is 0, it must be positive/],
    [
      'a rate below 0',
      { groups: [{ pattern: /w/, rate: -1 }] },
      /rate of group \/w\/ is -1, it must be 0 or more/,
    ],
    [
      'a group of nothing',
      { groups: [{ pattern: /^head/ }] },
      /no parameter is named like group \/\^head\/; they are called weight, bias/,
    ],
    ['all frozen', { groups: [{ pattern: /./, rate: 0 }] }, /its groups freeze every parameter/],
    ['no parameters', { network: {} }, /network has no parameter to learn/],
    [
      'a rate of NaN',
      { schedule: () => Number.NaN },
      /learning rate of NaN at progress 0, it must be 0 or more/,
    ],
    [
      'a rate below 0',
      { schedule: (progress) => 0.01 - progress },
      /learning rate of -0\.\d+ at progress 0\.0/,
    ],
  ])('%s', async (_, options, message) => {
    await expect(trainLinear(folder, options)).rejects.toThrow(message)
  })

  test.each([
    [
      'a loss that is no scalar',
      'loss',
      /output "loss" has shape \[4\], it must be one number; reduce it/,
    ],
    ['another output that is none', 'other', /output "other" has shape \[4\]/],
    ['a column of the curve itself', 'epoch', /"epoch" is a column that every curve may have/],
  ])('%s', async (_, name, message) => {
    const { plan } = linearPlan()
    const loss = reduceMean(input('x', [4]))
    const outputs = { loss, [name]: input('x', [4]) }
    const phases = [{ ...plan.phases[0]!, build: () => outputs }]
    await expect(train({ ...plan, phases }, { folder, identity: 'x' })).rejects.toThrow(message)
  })

  test('gradients that are no numbers, though the loss is one', async () => {
    const { plan, network } = linearPlan({ clip: { norm: 1 } })
    const build = () => {
      const zero = mul(reduceMean(network.weight), 0)
      return { loss: add(sqrt(zero), reduceMean(network.bias)) }
    }
    const phases = [{ ...plan.phases[0]!, build, feeds: async () => ({}) }]
    await expect(train({ ...plan, phases }, { folder, identity: 'x' })).rejects.toThrow(
      /norm of the gradients is NaN at step 1 \(epoch 1\): Div .*gives (NaN|Infinity)/,
    )
  })

  test.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d in a batch', async (bad) => {
    const { plan } = linearPlan()
    const [phase] = plan.phases
    const feeds = async (epoch: number, batch: number) => {
      const { x, y } = await phase!.feeds(epoch, batch)
      ;(y!.data as Float32Array)[3] = bad
      return { x: x!, y: y! }
    }
    await expect(
      train({ ...plan, phases: [{ ...phase!, feeds }] }, { folder, identity: 'x' }),
    ).rejects.toThrow(
      new RegExp(
        `loss is (NaN|Infinity) at step 1 \\(epoch 1\\): input "y" has ${bad} at element 3 of \\[16, 1\\]`,
      ),
    )
  })
})
