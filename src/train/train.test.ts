import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { linearPlan } from '../../tests/support/linear-plan.ts'
import { type Mode, parametersOf } from '../nn/index.ts'
import { add, log, mul, reduceMean, sub } from '../onnx/index.ts'
import { constantRate } from '../optim/index.ts'
import { readTensorFile, writeTensorFile } from './tensor-file.ts'
import { train } from './train.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-train-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const settings = (name = 'run') => ({ folder, identity: name })

describe('training', () => {
  test('learns what an untrained network cannot know', async () => {
    const { plan, network } = linearPlan({ epochs: 10 })
    const before = await plan.validate()
    const result = await train(plan, settings())
    expect(before.metrics.distance).toBeGreaterThan(1)
    expect(result.best.metrics.distance).toBeLessThan(0.05)
    expect((network.bias.data as Float32Array)[0]).toBeCloseTo(0.25, 1)
    expect(result.curve).toHaveLength(10)
    expect(result.curve[9]!.loss!).toBeLessThan(result.curve[0]!.loss! / 100)
  })

  test.each([0, 0.4])(
    'stopped anywhere and resumed, it is the same to the last bit, %f dropped',
    async (dropped) => {
      const straight = linearPlan({ dropped })
      await train(straight.plan, settings())
      const whole = await readTensorFile(join(folder, 'checkpoint.safetensors'))
      await rm(join(folder, 'checkpoint.safetensors'))
      for (const stopAfter of [1, 13, 30, 47]) {
        const interrupt = new AbortController()
        const first = linearPlan({ dropped })
        const stopped = train(first.plan, {
          ...settings(),
          signal: interrupt.signal,
          progress: ({ done }) => {
            if (done === stopAfter) interrupt.abort()
          },
        })
        await expect(stopped).rejects.toMatchObject({ code: 'Cancelled' })
        const second = linearPlan({ dropped })
        const result = await train(second.plan, settings())
        const resumed = await readTensorFile(join(folder, 'checkpoint.safetensors'))
        expect([...resumed.tensors]).toEqual([...whole.tensors])
        expect(result.curve).toHaveLength(6)
        const place = (texts: Readonly<Record<string, string>>) => ({
          ...JSON.parse(texts.position!),
          seconds: 0,
        })
        expect(place(resumed.texts)).toEqual(place(whole.texts))
        await rm(join(folder, 'checkpoint.safetensors'))
      }
    },
  )

  test('a finished run that is started again only gives its result', async () => {
    const first = await train(linearPlan().plan, settings())
    const { plan, network } = linearPlan()
    const again = await train(plan, settings())
    expect(again).toEqual(first)
    expect((network.weight.data as Float32Array)[2]).toBeCloseTo(2, 0)
  })

  test('keeps the best epoch and stops when patience is over', async () => {
    const scores = [1, 3, 2, 2.5, 9]
    const seen: Float32Array[] = []
    const { plan, network } = linearPlan({ epochs: 20, patience: 2 })
    const result = await train(
      {
        ...plan,
        phases: plan.phases.slice(1),
        async validate() {
          seen.push(Float32Array.from(network.weight.data as Float32Array))
          return { score: scores[seen.length - 1]!, metrics: {} }
        },
      },
      settings(),
    )
    expect(result).toMatchObject({ bestEpoch: 2, stoppedEarly: true })
    expect(result.curve).toHaveLength(4)
    expect(network.weight.data).toEqual(seen[1])
  })

  test('patience is counted from the last phase on', async () => {
    const { plan } = linearPlan({ epochs: 8, patience: 2 }) // two phases of four
    const validate = async () => ({ score: 0, metrics: {} })
    const result = await train({ ...plan, validate }, settings())
    expect(result).toMatchObject({ bestEpoch: 1, stoppedEarly: true })
    expect(result.curve).toHaveLength(6)
  })

  test('NaN in a batch stops it and is named', async () => {
    const { plan } = linearPlan({ poisonAt: 13 })
    await expect(train(plan, settings())).rejects.toThrow(
      /loss is NaN at step 14 \(epoch 2\): input "x" has NaN at element 4 of \[16, 3\]/,
    )
  })

  test('NaN made by an operator is named with what it came from', async () => {
    const { plan, network } = linearPlan({ schedule: constantRate(0) })
    const phases = plan.phases.map((phase) => ({
      ...phase,
      build: () => ({ loss: reduceMean(log(sub(add(network.weight, network.bias), 100))) }),
    }))
    await expect(train({ ...plan, phases }, settings())).rejects.toThrow(
      /step 1 \(epoch 1\): Log \(\[1, 3\]\) → \[1, 3\] gives NaN at element 0/,
    )
  })

  test('a parameter that the loss does not use is named', async () => {
    const { plan, network } = linearPlan()
    const phases = plan.phases.map((phase) => ({
      ...phase,
      build: () => ({ loss: reduceMean(network.weight) }),
    }))
    await expect(train({ ...plan, phases }, settings())).rejects.toThrow(
      /parameter "bias" receives no gradient/,
    )
  })

  test('the curve is a table and a picture, in a folder that is made', async () => {
    folder = join(folder, 'new')
    await train(linearPlan().plan, settings())
    const csv = (await readFile(join(folder, 'curve.csv'), 'utf8')).trim().split('\n')
    expect(csv[0]).toBe('epoch,learningRate,loss,half,distance')
    expect(csv).toHaveLength(7)
    const svg = await readFile(join(folder, 'curve.svg'), 'utf8')
    expect(svg.match(/<polyline/g)).toHaveLength(4)
    expect(svg).not.toMatch(/NaN|Infinity/)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('a checkpoint', () => {
  test('of another recipe or seed is refused', async () => {
    await train(linearPlan({ epochs: 2 }).plan, settings('one'))
    await expect(train(linearPlan({ epochs: 2 }).plan, settings('two'))).rejects.toMatchObject({
      code: 'Conflict',
    })
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 10)],
    ['cut in its header', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('hello, this is no checkpoint at all')],
  ])('that is %s is an error that names the file', async (_, damage) => {
    const path = join(folder, 'checkpoint.safetensors')
    await train(linearPlan({ epochs: 2 }).plan, settings())
    await writeFile(path, damage(await readFile(path)))
    await expect(train(linearPlan({ epochs: 2 }).plan, settings())).rejects.toThrow(
      /checkpoint\.safetensors: not a whole safetensors file .*start afresh/,
    )
  })

  test('without a position is an error that names the file', async () => {
    const path = join(folder, 'checkpoint.safetensors')
    await train(linearPlan({ epochs: 2 }).plan, settings())
    const { tensors } = await readTensorFile(path)
    for (const position of ['{}', 'no JSON']) {
      await writeTensorFile(path, { tensors, texts: { position } })
      await expect(train(linearPlan({ epochs: 2 }).plan, settings())).rejects.toMatchObject({
        code: 'InvalidInput',
        message: expect.stringMatching(/checkpoint\.safetensors: does not say where a training/),
      })
    }
  })

  test('is read where a column or a metric was no number', async () => {
    const make = () => {
      const { plan } = linearPlan({ epochs: 2 })
      const phases = plan.phases.map((phase) => ({
        ...phase,
        build: (mode: Mode) => {
          const { loss } = phase.build(mode)
          return { loss, lost: log(sub(mul(loss, 0), 1)) }
        },
      }))
      const validate = async () => ({ score: 1, metrics: { none: Number.NaN } })
      return { ...plan, phases, validate }
    }
    const first = await train(make(), settings())
    expect(first.curve[0]).toMatchObject({ lost: Number.NaN, none: Number.NaN })
    expect(await train(make(), settings())).toEqual(first)
  })

  test('holds parameters, optimizer states and the best epoch by name', async () => {
    const { plan, network } = linearPlan({ epochs: 2 })
    await train(plan, settings())
    const { tensors } = await readTensorFile(join(folder, 'checkpoint.safetensors'))
    expect([...tensors.keys()].sort()).toEqual([
      'best:bias',
      'best:weight',
      'bias',
      'bias/adam.1',
      'bias/adam.2',
      'weight',
      'weight/adam.1',
      'weight/adam.2',
    ])
    expect([...parametersOf(network).keys()]).toEqual(['weight', 'bias'])
  })
})
