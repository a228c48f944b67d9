// A peer of bench/training-networks.ts: network.py's networks in jax-js on its WebAssembly backend, a
// whole step compiled by jit. It runs where the user has installed it: npm install --no-save @jax-js/jax
import type { Operators } from './network/layers.ts'
import { lossOf } from './network/loss.ts'
import { type Trained, weightUpdateOf } from './network/optimizer.ts'
import { importInstalled, type PlainArray, serveNetwork, type Task } from './network/serve.ts'
import { provideWebWorkers } from './network/web-workers.ts'

/** An array that a function it is given to takes away; each `ref` is one more to give. */
interface Tensor {
  readonly ref: Tensor
  data(): Promise<Float32Array>
}

type Operand = Tensor | number

interface Numpy {
  array(data: Float32Array, options: { shape: readonly number[] }): Tensor
  zeros(shape: readonly number[]): Tensor
  ones(shape: readonly number[]): Tensor
  add(a: Tensor, b: Operand): Tensor
  subtract(a: Tensor, b: Operand): Tensor
  multiply(a: Tensor, b: Operand): Tensor
  divide(a: Tensor, b: Operand): Tensor
  square(x: Tensor): Tensor
  sqrt(x: Tensor): Tensor
  absolute(x: Tensor): Tensor
  tanh(x: Tensor): Tensor
  mean(x: Tensor, axis?: number | readonly number[], options?: { keepdims: boolean }): Tensor
  matmul(a: Tensor, b: Tensor): Tensor
  swapaxes(x: Tensor, one: number, two: number): Tensor
  reshape(x: Tensor, shape: readonly number[]): Tensor
  transpose(x: Tensor, axes: readonly number[]): Tensor
  concatenate(parts: readonly Tensor[], axis: number): Tensor
  split(x: Tensor, starts: readonly number[], axis: number): Tensor[]
  max(x: Tensor): Tensor
  pad(x: Tensor, widths: readonly (readonly [number, number])[]): Tensor
  tile(x: Tensor, repeats: readonly number[]): Tensor
}

interface Jax {
  init(device: 'wasm'): Promise<readonly string[]>
  defaultDevice(device: 'wasm'): void
  jit<Args extends unknown[], Result>(f: (...args: Args) => Result): (...args: Args) => Result
  valueAndGrad(
    f: (weights: readonly Tensor[]) => Tensor,
  ): (weights: readonly Tensor[]) => [Tensor, Tensor[]]
  blockUntilReady(arrays: unknown): Promise<unknown>
  readonly numpy: Numpy
  readonly nn: Readonly<
    Record<'relu' | 'sigmoid' | 'softplus' | 'softmax' | 'logSoftmax', (x: Tensor) => Tensor>
  >
  readonly lax: {
    erf(x: Tensor): Tensor
    conv(
      x: Tensor,
      filter: Tensor,
      strides: readonly number[],
      padding: readonly (readonly [number, number])[],
    ): Tensor
    reduceWindow(
      x: Tensor,
      by: (window: Tensor) => Tensor,
      sizes: readonly number[],
      strides: readonly number[],
    ): Tensor
  }
}

/** 10⁹ operations of convolutions in a step, by the networks' layers and batches. */
const convolutionWork: Readonly<Record<string, number>> = { siamese: 336, resnet18: 45 }

await serveNetwork(async ({ setup, weights, inputs, threads }: Task) => {
  if (threads > 1) provideWebWorkers(threads)
  const { modules, version } = await importInstalled(['@jax-js/jax'])
  const jax = modules[0] as Jax
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  const work = convolutionWork[setup.network]
  if (work !== undefined) await tryConvolution(jax, work)
  const ops = operatorsOf(jax)
  const loss = lossOf(ops, setup)
  const update = weightUpdateOf(ops, setup.optimizer)
  const put = ({ data, shape }: PlainArray) => jax.numpy.array(data, { shape })
  const given = inputs.map(put)
  let now: readonly Trained<Tensor>[] = weights.map((array) => ({
    weight: put(array),
    state: Array.from({ length: update.states }, () => jax.numpy.zeros(array.shape)),
  }))
  let steps = 0
  const train = jax.jit((before: readonly Trained<Tensor>[], batch: Tensor[], rates: Tensor[]) => {
    const [value, gradients] = jax.valueAndGrad((all) => loss(all, batch))(
      before.map(({ weight }) => weight.ref),
    )
    const next = before.map(({ weight, state }, i) => {
      const axes = weights[i]!.shape.length
      return update.apply({ weight, state, rates, gradient: gradients[i]!, axes })
    })
    return { value, next }
  })
  return {
    version,
    threads,
    async step() {
      const rates = update
        .rates(++steps)
        .map((rate) => put({ data: Float32Array.of(rate), shape: [] }))
      const { value, next } = train(
        now,
        given.map((array) => array.ref),
        rates,
      )
      now = next
      const [before] = await value.data()
      await jax.blockUntilReady(now)
      return before!
    },
  }
})

/** The operators on arrays that stay alive, which inside of jit costs nothing. */
function operatorsOf({ numpy: np, nn, lax }: Jax): Operators<Tensor> {
  const kept = (x: Operand) => (typeof x === 'number' ? x : x.ref)
  const unary = (f: (x: Tensor) => Tensor) => (x: Tensor) => f(x.ref)
  const binary = (f: (a: Tensor, b: Operand) => Tensor) => (a: Tensor, b: Operand) =>
    f(a.ref, kept(b))
  return {
    add: binary(np.add),
    sub: binary(np.subtract),
    mul: binary(np.multiply),
    div: binary(np.divide),
    square: unary(np.square),
    sqrt: unary(np.sqrt),
    abs: unary(np.absolute),
    relu: unary(nn.relu),
    sigmoid: unary(nn.sigmoid),
    tanh: unary(np.tanh),
    erf: unary(lax.erf),
    softplus: unary(nn.softplus),
    softmax: unary((x) => nn.softmax(x)),
    logSoftmax: unary((x) => nn.logSoftmax(x)),
    mean: (x, axis, keepdims = false) => np.mean(x.ref, axis, { keepdims }),
    matMul: (a, b, transposeA = false, transposeB = false) => {
      const turned = (x: Tensor, yes: boolean) => (yes ? np.swapaxes(x.ref, -1, -2) : x.ref)
      return np.matmul(turned(a, transposeA), turned(b, transposeB))
    },
    reshape: (x, shape) => np.reshape(x.ref, shape),
    transpose: (x, axes) => np.transpose(x.ref, axes),
    concat: (parts, axis) =>
      np.concatenate(
        parts.map((part) => part.ref),
        axis,
      ),
    split(x, sizes, axis) {
      let end = 0
      const ends = sizes.map((size) => (end += size))
      return np.split(x.ref, ends.slice(0, -1), axis)
    },
    conv(x, filter, stride, padding) {
      const sides = [padding, padding] as const
      return lax.conv(x.ref, filter.ref, [stride, stride], [sides, sides])
    },
    maxPool(x, size, stride, padding) {
      const [none, sides] = [
        [0, 0],
        [padding, padding],
      ] as const
      const padded = padding === 0 ? x.ref : np.pad(x.ref, [none, none, sides, sides])
      return lax.reduceWindow(padded, np.max, [size, size], [stride, stride])
    },
    tile: (x, repeats) => np.tile(x.ref, repeats),
  }
}

/**
 * Times the gradient of a small convolution: 64 channels to 64, 3 x 3, 14 px.
 *
 * @throws where at that speed a step of the network takes more than a minute
 */
async function tryConvolution(jax: Jax, work: number): Promise<void> {
  const { conv, mean } = operatorsOf(jax)
  const gradient = jax.jit((all: Tensor[]) =>
    jax.valueAndGrad(([x, filter]) => mean(conv(x!, filter!, 1, 1)))(all.map((x) => x.ref)),
  )
  const given = [jax.numpy.ones([1, 64, 14, 14]), jax.numpy.ones([64, 64, 3, 3])]
  let ms = 0
  for (const _ of ['compiles', 'computes']) {
    const start = performance.now()
    await jax.blockUntilReady(gradient(given.map((x) => x.ref)))
    ms = performance.now() - start
  }
  const speed = (3 * 2 * 64 * 64 * 9 * 14 ** 2) / ms / 1e6
  if (work / speed > 60)
    throw new Error(
      `jax-js trains a convolution at ${speed.toFixed(1)} GFLOP/s, a step would take about ${(work / speed).toFixed(0)} s`,
    )
}
