// A peer of bench/training-networks.ts: network.py's networks in TensorFlow.js on its WebAssembly backend.
// It runs where the user has installed it: npm install --no-save @tensorflow/tfjs @tensorflow/tfjs-backend-wasm
// (not tfjs-core alone: under Node only the whole package brings the gradients).
//
// It computes on one thread: under Node the library turns its threads off.
import type { Operators } from './network/layers.ts'
import { lossOf } from './network/loss.ts'
import { type Trained, weightUpdateOf } from './network/optimizer.ts'
import { importInstalled, type PlainArray, serveNetwork, type Task } from './network/serve.ts'

interface Tensor {
  readonly rank: number
  data(): Promise<Float32Array>
}

interface TensorFlow extends Omit<Operators<Tensor>, 'conv' | 'maxPool'> {
  setBackend(name: 'wasm'): Promise<boolean>
  tensor(data: Float32Array, shape: readonly number[]): Tensor
  scalar(value: number): Tensor
  zeros(shape: readonly number[]): Tensor
  valueAndGrads(
    f: (...xs: Tensor[]) => Tensor,
  ): (xs: readonly Tensor[]) => { value: Tensor; grads: Tensor[] }
  conv2d(
    x: Tensor,
    filter: Tensor,
    stride: number,
    padding: number,
    order: 'NHWC',
    dilation: number,
    rounding: 'floor',
  ): Tensor
  maxPool(x: Tensor, size: number, stride: number, padding: number, rounding: 'floor'): Tensor
  customGrad(
    f: (
      a: Tensor,
      b: Tensor,
      save: (kept: readonly Tensor[]) => void,
    ) => {
      readonly value: Tensor
      readonly gradFunc: (dy: Tensor, kept: readonly Tensor[]) => readonly Tensor[]
    },
  ): (a: Tensor, b: Tensor) => Tensor
  tidy<Result>(work: () => Result): Result
  dispose(tensors: unknown): void
}

await serveNetwork(async ({ setup, weights, inputs }: Task) => {
  const { modules, version } = await importInstalled([
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-backend-wasm',
  ])
  const tf = (modules[0] as { default: TensorFlow }).default
  await tf.setBackend('wasm')
  const ops = operatorsOf(tf)
  if (setup.weights.some(({ shape }) => shape.length === 4)) tryConvolution(tf, ops)
  const loss = lossOf(ops, setup)
  const update = weightUpdateOf(ops, setup.optimizer)
  const put = ({ data, shape }: PlainArray) => tf.tensor(data, shape)
  const given = inputs.map(put)
  let now: readonly Trained<Tensor>[] = weights.map((array) => ({
    weight: put(array),
    state: Array.from({ length: update.states }, () => tf.zeros(array.shape)),
  }))
  let steps = 0
  const train = () => {
    const { value, grads } = tf.valueAndGrads((...all) => loss(all, given))(
      now.map(({ weight }) => weight),
    )
    const rates = update.rates(++steps).map((rate) => tf.scalar(rate))
    const next = now.map(({ weight, state }, i) =>
      update.apply({ weight, state, rates, gradient: grads[i]!, axes: weights[i]!.shape.length }),
    )
    return { value, next }
  }
  return {
    version,
    threads: 1,
    async step() {
      const { value, next } = tf.tidy(() => explained(train))
      tf.dispose(now)
      now = next
      const [before] = await value.data()
      tf.dispose(value)
      return before!
    },
  }
})

/**
 * Its operators, but for products of transposed matrices. Its kernel is 10 to 25 times slower on a flag
 * that asks for a transposed operand, which its own gradients use, than on an operand transposed before.
 */
function operatorsOf(tf: TensorFlow): Operators<Tensor> {
  const turned = (x: Tensor) => {
    const axes = Array.from({ length: x.rank }, (_, i) => i)
    return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2])
  }
  const product = tf.customGrad((a, b, save) => {
    save([a, b])
    return {
      value: tf.matMul(a, b),
      gradFunc: (dy, [a, b]) => [tf.matMul(dy, turned(b!)), tf.matMul(turned(a!), dy)],
    }
  })
  const channelsLast = (x: Tensor) => tf.transpose(x, [0, 2, 3, 1])
  const channelsFirst = (x: Tensor) => tf.transpose(x, [0, 3, 1, 2])
  return {
    ...tf,
    conv(x, filter, stride, padding) {
      const turnedFilter = tf.transpose(filter, [2, 3, 1, 0])
      const { conv2d } = tf
      return channelsFirst(
        conv2d(channelsLast(x), turnedFilter, stride, padding, 'NHWC', 1, 'floor'),
      )
    },
    maxPool: (x, size, stride, padding) =>
      channelsFirst(tf.maxPool(channelsLast(x), size, stride, padding, 'floor')),
    matMul: (a, b, transposeA, transposeB) =>
      product(transposeA ? turned(a) : a, transposeB ? turned(b) : b),
  }
}

/** @throws as the work does, with the likely reason where it is WebAssembly that fails */
function explained<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RuntimeError') throw error
    throw new Error(`a step needs more than the 4 GB of WebAssembly's memory: ${error.message}`)
  }
}

/** @throws where the library does not differentiate a convolution, which it says with its own error */
function tryConvolution(tf: TensorFlow, { conv, mean }: Operators<Tensor>): void {
  const [picture, filter] = [tf.zeros([1, 1, 4, 4]), tf.zeros([1, 1, 3, 3])]
  try {
    tf.valueAndGrads((filter) => mean(conv(picture, filter!, 1, 0)))([filter])
  } catch (error) {
    throw new Error(`tfjs-wasm does not train a convolution: ${(error as Error).message}`)
  }
}
