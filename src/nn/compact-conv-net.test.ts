import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { multiSimilarityMiner, pairsOf, tripletMarginLoss } from '../losses/index.ts'
import { input, type Parameter, type StateUpdate, writeModel } from '../onnx/index.ts'
import { adam, type Optimizer, sgd } from '../optim/index.ts'
import { compileStep, evaluate, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { CompactConvNet } from './compact-conv-net.ts'
import { parametersOf } from './layer.ts'

type Numbers = readonly number[]
type State = Readonly<Record<string, Numbers>>

/** What tests/golden/make-compact-conv-net.py worked out with PyTorch in float64. */
interface Golden {
  readonly widths: Numbers
  readonly blocks: Numbers
  readonly dimension: number
  readonly shape: Numbers
  readonly labels: Numbers
  readonly margin: number
  readonly epsilon: number
  readonly x: Numbers
  readonly start: State
  readonly parameters: number
  readonly inference: Numbers
  readonly training: {
    readonly embeddings: Numbers
    readonly loss: number
    readonly active: number
    readonly gradients: State
  }
  readonly sgd: { readonly losses: Numbers; readonly end: State }
  readonly adamw: { readonly losses: Numbers; readonly end: State }
}

const golden: Golden = JSON.parse(
  await readFile(new URL('../../tests/golden/compact-conv-net.json', import.meta.url), 'utf8'),
)
const session = { threads: 1 }
const x = input('x', golden.shape)
const labels = input('labels', [golden.labels.length], 'int64')
const feeds = {
  x: tensor('float32', golden.shape, Float32Array.from(golden.x)),
  labels: tensor('int64', labels.shape, BigInt64Array.from(golden.labels, BigInt)),
}

function startingNetwork(): { net: CompactConvNet; parameters: Map<string, Parameter> } {
  const net = new CompactConvNet(golden, rngFromSeed(1))
  const parameters = parametersOf(net)
  for (const [name, values] of Object.entries(golden.start))
    (parameters.get(name)!.data as Float32Array).set(values)
  return { net, parameters }
}

function trainingGraph(net: CompactConvNet) {
  const updates: StateUpdate[] = []
  const embeddings = net.apply(x, trainingMode({ updates }))
  const pairs = pairsOf(embeddings, labels)
  const weights = multiSimilarityMiner(pairs, { epsilon: golden.epsilon })
  const { loss, active } = tripletMarginLoss({ pairs, weights, margin: golden.margin })
  return { embeddings, loss, active, updates }
}

test('parameters have the names, the order and the number of the reference', () => {
  const { parameters } = startingNetwork()
  expect([...parameters.keys()].sort()).toEqual(Object.keys(golden.start).sort())
  const learned = [...parameters.values()].filter(({ role }) => role === 'weight')
  expect(learned.reduce((sum, { data }) => sum + data.length, 0)).toBe(golden.parameters)
})

test('in inference the vectors are those of PyTorch', async () => {
  const { net } = startingNetwork()
  const { y } = await evaluate({ y: net.apply(x, { kind: 'inference' }) }, feeds, session)
  expectClose(y, golden.inference, 2e-6)
})

test('in training vectors, loss and the gradient of every parameter are those of PyTorch', async () => {
  const { net, parameters } = startingNetwork()
  const { embeddings, loss, active } = trainingGraph(net)
  const learned = [...parameters].filter(([, { role }]) => role === 'weight')
  const slopes = gradients(
    loss,
    learned.map(([, parameter]) => parameter),
  )
  const found: Record<string, Tensor> = await evaluate(
    { embeddings, loss, active, ...Object.fromEntries(learned.map(([n], i) => [n, slopes[i]!])) },
    feeds,
    session,
  )
  expectClose(found.embeddings!, golden.training.embeddings, 2e-6)
  expectClose(found.loss!, [golden.training.loss], 2e-6)
  expect([...found.active!.data]).toEqual([golden.training.active])
  for (const [name] of learned)
    expectClose(found[name]!, golden.training.gradients[name]!, 5e-6, name)
})

const optimizers: [keyof Golden & ('sgd' | 'adamw'), Optimizer, number, number][] = [
  ['sgd', sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.05 }), 0.05, 1e-5],
  // Adam divides a gradient by its own size, so what is small has the largest relative error.
  ['adamw', adam({ weightDecay: 0.05 }), 0.005, 1e-4],
]
test.each(optimizers)(
  'three steps of %s end where PyTorch ends',
  async (name, optimizer, rate, tolerance) => {
    const { net, parameters } = startingNetwork()
    const { loss, updates } = trainingGraph(net)
    const learned = [...parameters.values()].filter(({ role }) => role === 'weight')
    const [learningRate, step] = [input('rate', []), input('step', [])]
    const slopes = gradients(loss, learned)
    const moves = learned.flatMap((parameter, i) =>
      optimizer.update({ parameter, gradient: slopes[i]!, learningRate, step }),
    )
    const compiled = await compileStep({
      outputs: { loss },
      updates: [...updates, ...moves],
      session,
    })
    try {
      const number = (n: number) => tensor('float32', [], Float32Array.of(n))
      const losses: number[] = []
      for (let i = 1; i <= golden[name].losses.length; i++) {
        const outputs = await compiled.run({ ...feeds, rate: number(rate), step: number(i) })
        losses.push(Number(outputs.loss!.data[0]))
      }
      expectClose(losses, golden[name].losses, 1e-5)
      for (const [path, parameter] of parameters)
        expectClose(compiled.state(parameter), golden[name].end[path]!, tolerance, path)
    } finally {
      await compiled.close()
    }
  },
)

test('a served model with a free batch gives each picture what it gets alone', async () => {
  const { net } = startingNetwork()
  const model = writeModel({ y: net.apply(x, { kind: 'inference' }) }, { freeBatch: 'N' })
  const served = await openSession(model, session)
  try {
    const [, ...rest] = golden.shape
    const size = golden.x.length / golden.shape[0]!
    const one = tensor('float32', [1, ...rest], Float32Array.from(golden.x.slice(size, 2 * size)))
    const { y } = await served.run({ x: one })
    expect(y!.shape).toEqual([1, golden.dimension])
    expectClose(y!, golden.inference.slice(golden.dimension, 2 * golden.dimension), 2e-6)
  } finally {
    await served.close()
  }
})
