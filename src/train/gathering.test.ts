import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { linearPlan } from '../../tests/support/linear-plan.ts'
import { takeCheckpoint, trainLinear } from '../../tests/support/train-linear.ts'
import { BatchNorm, Dropout, type Mode } from '../nn/index.ts'
import { input, mul, parameter, reduceMean, reduceSum } from '../onnx/index.ts'
import { constantRate, sgd } from '../optim/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { train } from './train.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-gathering-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test.each([2, 4, 16])('in %d parts the steps are those of one batch', async (accumulate) => {
  for (const more of [
    {},
    { clip: { norm: 0.5 } },
    { optimizer: sgd(), schedule: constantRate(0.05) },
  ]) {
    const [whole, parts] = [
      await trainLinear(folder, more),
      await trainLinear(folder, { ...more, accumulate }),
    ]
    for (const name of ['weight', 'bias'])
      expectClose(parts.tensors.get(name)!, whole.tensors.get(name)!, 2e-5, name)
    whole.curve.forEach((row, i) => {
      expect(Object.keys(parts.curve[i]!)).toEqual(Object.keys(row))
      expectClose([parts.curve[i]!.loss!], [row.loss!], 2e-4, `loss of epoch ${i + 1}`)
    })
  }
})

test('the mean of their gradients is that of one batch to the last bit, where nothing is rounded', async () => {
  const round = (data: Tensor['data']) => {
    for (const i of data.keys()) data[i] = Math.round(2 * Number(data[i]))
  }
  const stepIn = async (accumulate: number) => {
    const { plan, network } = linearPlan({
      accumulate,
      optimizer: sgd(),
      schedule: constantRate(1),
    })
    const [phase] = plan.phases
    for (const { data } of Object.values(network)) round(data)
    const feeds = async (epoch: number, batch: number) => {
      const given = await phase!.feeds(epoch, batch)
      for (const { data } of Object.values(given)) round(data)
      return given
    }
    const phases = [{ ...phase!, epochs: 1, stepsPerEpoch: 1, feeds }]
    await train({ ...plan, phases }, { folder, identity: 'rounded' })
    await takeCheckpoint(folder)
    return network
  }
  const whole = await stepIn(1)
  for (const accumulate of [2, 4, 8, 16]) expect(await stepIn(accumulate)).toEqual(whole)
})

test('running statistics see every batch', async () => {
  const network = new BatchNorm({ channels: 1, momentum: 0.5 })
  const build = (mode: Mode) => ({
    loss: reduceMean(network.apply(input('x', [2, 1, 1, 1]), mode)),
  })
  const feeds = async (_: number, batch: number) => ({
    x: tensor('float32', [2, 1, 1, 1], Float32Array.of(batch, batch + 2)),
  })
  const phases = [{ epochs: 1, stepsPerEpoch: 1, build, feeds }]
  const { plan } = linearPlan({ accumulate: 3 })
  await train(
    { ...plan, network, phases, validate: async () => ({ score: 0, metrics: {} }) },
    { folder, identity: 'x' },
  )
  // means 1, 2 and 3 by halves from 0; unbiased variance 2 by halves from 1
  expect(network.mean.data).toEqual(Float32Array.of(0.5 * (0.5 * (0.5 * 1 + 2) + 3)))
  expectClose(network.variance, [1 + 0.875], 1e-6)
})

test('a NaN in any of them is named', async () => {
  await expect(trainLinear(folder, { accumulate: 4, poisonAt: 13 * 4 + 2 })).rejects.toThrow(
    /loss is NaN at step 14 \(epoch 2\): input "x" has NaN at element 4 of \[4, 3\]/,
  )
})

test('layers that drop elements drop others in each batch, those that four steps would drop', async () => {
  const [size, dropout] = [64, new Dropout({ rate: 0.5 })]
  const walk = async (accumulate: number, stepsPerEpoch: number) => {
    const network = { w: parameter(zeros([size])) }
    const build = (mode: Mode) => ({
      loss: reduceSum(mul(network.w, dropout.apply(input('x', [size]), mode))),
    })
    const feeds = async () => ({ x: tensor('float32', [size], new Float32Array(size).fill(1)) })
    const phases = [{ epochs: 1, stepsPerEpoch, build, feeds }]
    const { plan } = linearPlan({
      accumulate,
      network,
      phases,
      optimizer: sgd(),
      schedule: constantRate(1),
    })
    await train(
      { ...plan, validate: async () => ({ score: 0, metrics: {} }) },
      { folder, identity: 'x' },
    )
    await takeCheckpoint(folder)
    return Array.from(network.w.data, Number)
  }
  const [whole, steps] = [await walk(4, 1), await walk(1, 4)]
  expect(whole.map((x) => 4 * x)).toEqual(steps)
  expect(new Set(whole).size).toBeGreaterThan(3)
})
