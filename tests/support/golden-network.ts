import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { gradients } from '../../src/autodiff/index.ts'
import { type Layer, type Mode, parametersOf } from '../../src/nn/index.ts'
import {
  constant,
  input,
  mul,
  reduceSum,
  type StateUpdate,
  type Value,
} from '../../src/onnx/index.ts'
import { evaluate } from '../../src/runtime/index.ts'
import { type DType, type Tensor, tensor } from '../../src/tensor/index.ts'
import { expectClose } from './expect-close.ts'
import { trainingMode } from './training-mode.ts'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** One network of a file in tests/golden/networks. For tests only. */
export interface GoldenNetwork {
  /** By our names, as are the gradients and the statistics at the end. */
  readonly start: Readonly<Record<string, Numbers>>
  readonly inputs: Readonly<Record<string, Numbers>>
  readonly y: Numbers
  /** The gradients are those of Σ y · r, by floating inputs and parameters. */
  readonly r: Numbers
  readonly gradients: Readonly<Record<string, Numbers>>
  /** Running statistics after the pass. */
  readonly end: Readonly<Record<string, Numbers>>
}

/** Reads what the script of this name has written, PyTorch in float64. For tests only. */
export async function readGolden<T = GoldenNetwork>(name: string): Promise<Record<string, T>> {
  const place = new URL(`../golden/networks/${name}.json`, import.meta.url)
  return JSON.parse(await readFile(place, 'utf8'))
}

/** How a layer is run to be compared. For tests only. */
export interface GoldenPass {
  readonly layer: object
  readonly apply: (inputs: Readonly<Record<string, Value>>, mode: Mode) => Value
  /** Default: training. */
  readonly kind?: Mode['kind']
  /** Of inputs that are no floats. */
  readonly dtypes?: Readonly<Record<string, DType>>
  /** How far off a gradient may be, as a share of the largest; default 5e-6. */
  readonly tolerance?: number
}

/** The pass of a layer with one input, x. For tests only. */
export const passOf = (layer: Layer): GoldenPass => ({
  layer,
  apply: ({ x }, mode) => layer.apply(x!, mode),
})

/**
 * Fails unless a layer that starts from the golden values has their parameters, gives their output and
 * gradients and leaves their statistics. For tests only.
 */
export async function checkGolden(wanted: GoldenNetwork, pass: GoldenPass): Promise<void> {
  const { layer, kind = 'training', dtypes = {}, tolerance = 5e-6 } = pass
  const parameters = parametersOf(layer)
  expect([...parameters.keys()].sort()).toEqual(Object.keys(wanted.start).sort())
  for (const [path, parameter] of parameters) {
    expect(parameter.shape, path).toEqual(wanted.start[path]!.shape)
    ;(parameter.data as Float32Array).set(wanted.start[path]!.data)
  }
  const feeds = mapValues(wanted.inputs, (given, name) => filled(given, dtypes[name]))
  const inputs = mapValues(feeds, ({ shape, dtype }, name) => input(name, shape, dtype))
  const updates: StateUpdate[] = []
  const mode: Mode = kind === 'training' ? trainingMode({ updates }) : { kind }
  const y = pass.apply(inputs, mode)
  const paths = Object.keys(wanted.gradients)
  const slopes = gradients(
    reduceSum(mul(y, constant(filled(wanted.r)))),
    paths.map((path) => inputs[path] ?? parameters.get(path)!),
  )
  const pathOf = new Map([...parameters].map(([path, parameter]) => [parameter, path]))
  const ends = updates.map(({ state, next }) => [pathOf.get(state)!, next] as const)
  const found: Record<string, Tensor> = await evaluate(
    {
      y,
      ...Object.fromEntries(paths.map((path, i) => [`d ${path}`, slopes[i]!])),
      ...Object.fromEntries(ends.map(([path, next]) => [`end ${path}`, next])),
    },
    feeds,
    { threads: 1 },
  )
  expect(found.y!.shape).toEqual(wanted.y.shape)
  expectClose(found.y!, wanted.y, 3e-6, 'y')
  const largest = Math.max(...paths.map((path) => largestOf(wanted.gradients[path]!.data)))
  for (const path of paths) {
    const [got, right] = [found[`d ${path}`]!, wanted.gradients[path]!]
    // what is 0 but for rounding, as a bias before a normalisation has it
    if (largestOf(right.data) < 1e-10 * largest)
      expect(largestOf(got.data as Float32Array), path).toBeLessThan(tolerance * largest)
    else expectClose(got, right, tolerance, `gradient by ${path}`)
  }
  expect(ends.map(([path]) => path).sort()).toEqual(
    kind === 'training' ? Object.keys(wanted.end).sort() : [],
  )
  for (const [path] of ends) expectClose(found[`end ${path}`]!, wanted.end[path]!, 2e-6, path)
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

function filled({ shape, data }: Numbers, dtype: DType = 'float32'): Tensor {
  switch (dtype) {
    case 'int64':
      return tensor(dtype, shape, BigInt64Array.from(data, BigInt))
    case 'bool':
      return tensor(dtype, shape, Uint8Array.from(data))
    default:
      return tensor('float32', shape, Float32Array.from(data))
  }
}

const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]))
