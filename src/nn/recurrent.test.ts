import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import {
  checkGolden,
  type GoldenNetwork,
  type GoldenPass,
  readGolden,
} from '../../tests/support/golden-network.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { stillRng } from '../../tests/support/still-rng.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  add,
  concat,
  constant,
  input,
  mul,
  parameter,
  reachable,
  reduceSum,
  reshape,
  transpose,
  type Value,
  writeModel,
} from '../onnx/index.ts'
import { evaluate, openSession } from '../runtime/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { Gru, gruKind } from './gru.ts'
import { countParameters, type Mode, parametersOf } from './layer.ts'
import { Lstm, lstmKind } from './lstm.ts'
import type { RecurrentKind } from './recurrent-layers.ts'
import { type RecurrentOutputs, unroll } from './unroll.ts'

const { parameters, ...golden } = await readGolden<GoldenNetwork & Record<string, number>>(
  'recurrent',
)
const networks = { LSTM: Lstm, GRU: Gru }
type Name = keyof typeof networks
const small = { inputs: 2, hidden: 3 }
const deep = { ...small, layers: 2, bidirectional: true }

const lengths = (...steps: number[]): Value =>
  constant(tensor('int32', [steps.length], Int32Array.from(steps)))

const row = (outputs: Readonly<Record<string, Value>>): Value => {
  const flat = Object.values(outputs).map((value) => reshape(value, [-1]))
  return concat(flat, 0)
}

function pass(name: string, kind: Mode['kind']): GoldenPass {
  const network = networks[name.slice(0, name.indexOf(',')) as Name]
  const [both, packed] = [name.includes('both'), name.includes('packed')]
  const layer = new network(both ? deep : small, rngFromSeed(1))
  const short = packed ? { lengths: both ? lengths(3, 1, 4) : lengths(2, 4, 1) } : {}
  const apply: GoldenPass['apply'] = ({ x, ...states }, mode) =>
    row(layer.run(x!, mode, { ...states, ...short }))
  return { layer, kind, apply }
}

test.each(Object.keys(golden))('%s: outputs and gradients are those of PyTorch', async (name) => {
  await checkGolden(golden[name]!, pass(name, 'training'))
  await checkGolden(golden[name]!, pass(name, 'inference'))
})

test.each(Object.entries(networks))('%s has as many parameters as in PyTorch', (name, network) => {
  const sizes = { inputs: 20, hidden: 30, layers: 3, bidirectional: true }
  expect(countParameters(new network(sizes, stillRng))).toBe(parameters![name])
})

test.each(Object.entries(networks))('%s begins uniform in ±1/√hidden', (_, network) => {
  const layer = new network({ inputs: 50, hidden: 16, layers: 2 }, rngFromSeed(4))
  for (const [path, { data }] of parametersOf(layer)) {
    const [low, high] = [Math.min(...(data as Float32Array)), Math.max(...(data as Float32Array))]
    expect(low, path).toBeGreaterThanOrEqual(-0.25)
    expect(high, path).toBeLessThanOrEqual(0.25)
    expect(high - low, path).toBeGreaterThan(0.45)
  }
})

interface Sizes {
  readonly steps: number
  readonly batch: number
  readonly inputs: number
  readonly hidden: number
  readonly directions: number
  /** Which states are given and which outputs are used, as bits. */
  readonly given: number
  readonly used: number
}

const upTo = (max: number) => fc.integer({ min: 1, max })
const sizes = fc.record<Sizes>({
  steps: upTo(5),
  batch: upTo(5),
  inputs: upTo(3),
  hidden: upTo(4),
  directions: upTo(2),
  given: fc.integer({ min: 0, max: 3 }),
  used: upTo(7),
})

/** Outputs and gradients of the operator and of its steps, with the same weights and states. */
async function expectSame(
  kind: RecurrentKind,
  sizes: Sizes,
  { short, seed }: { short: boolean; seed: number },
) {
  const { steps, batch, inputs, hidden, directions, given, used } = sizes
  const rng = rngFromSeed(seed)
  const draw = (...shape: Shape) => parameter(random('float32', shape, rng))
  const [gates, count] = kind === lstmKind ? [4, 2] : [3, 1]
  const x = draw(steps, batch, inputs)
  const w = draw(directions, gates * hidden, inputs)
  const r = draw(directions, gates * hidden, hidden)
  const b = draw(directions, 2 * gates * hidden)
  const states = Array.from({ length: count }, () => draw(directions, batch, hidden))
  const initial = states.map((state, i) => ((given >> i) % 2 === 1 ? state : undefined))
  const ends = Array.from({ length: batch }, () => rng.integer(steps + 1))
  const some = short ? lengths(...ends) : undefined
  // what stands after an end has no part in anything
  if (short)
    x.data.forEach((_, i) => {
      const [step, sequence] = [Math.floor(i / inputs / batch), Math.floor(i / inputs) % batch]
      if (step >= ends[sequence]!) x.data[i] = Number.NaN
    })
  const direction = directions === 2 ? 'bidirectional' : 'forward'
  const wrt = [x, w, r, b, ...initial.filter((state) => state !== undefined)]
  const all = ({ y, last }: RecurrentOutputs): Value[] => {
    const outputs = [y, ...last]
    const chosen = outputs.filter((_, i) => (used >> i) % 2 === 1)
    const sum = (chosen.length === 0 ? outputs : chosen)
      .map((value, i) => reduceSum(mul(value, mul(value, 1 + i))))
      .reduce((one, other) => add(one, other))
    return [...outputs, ...gradients(sum, wrt)]
  }
  const operator = all(kind.operator(x, { w, r, b, lengths: some, direction }, initial))
  const unrolled = all(unroll(x, { w, r, b, lengths: some, initial, cellOf: kind.cellOf }))
  const named = (prefix: string, values: readonly Value[]) =>
    values.map((value, i) => [`${prefix}${i}`, value] as const)
  const outputs = Object.fromEntries([...named('a', operator), ...named('b', unrolled)])
  const found = await evaluate(outputs, {}, { threads: 1 })
  for (const [i, { shape }] of operator.entries()) {
    expect(found[`a${i}`]!.shape).toEqual(shape)
    expect(found[`b${i}`]!.shape).toEqual(shape)
    expectClose(found[`a${i}`]!, found[`b${i}`]!, 2e-5, `output or gradient ${i}`)
  }
}

test.each(Object.entries({ LSTM: lstmKind, GRU: gruKind }))(
  '%s step by step is the operator, and so are its gradients by whatever is given, through whatever is used',
  (_, kind) =>
    fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), fc.integer(), (size, short, seed) =>
        expectSame(kind, size, { short, seed }),
      ),
      { numRuns: 60 },
    ),
)

test('large layers are unrolled in training, and only then', () => {
  const countOf = (hidden: number, mode: Mode): number => {
    const net = new Lstm({ inputs: 8, hidden }, stillRng)
    const { nodes } = reachable([net.apply(input('x', [2, 16, 8]), mode)])
    return nodes.filter(({ op }) => op === 'LSTM').length
  }
  expect(countOf(320, trainingMode())).toBe(0)
  expect(countOf(200, trainingMode())).toBe(1)
  expect(countOf(320, { kind: 'inference' })).toBe(1)
})

test('elements are dropped between layers, not of the output, and in training only', async () => {
  const x = constant(random('float32', [3, 4, 2], rngFromSeed(5)))
  const outputOf = async (layers: number, dropout: number, mode: Mode) => {
    const net = new Gru({ ...small, layers, dropout }, rngFromSeed(6))
    return (await evaluate({ y: net.apply(x, mode) }, {}, { threads: 1 })).y.data
  }
  for (const mode of [trainingMode(), { kind: 'inference' } as const]) {
    expect(await outputOf(1, 0.5, mode)).toEqual(await outputOf(1, 0, mode))
    const [dropped, whole] = [await outputOf(2, 0.5, mode), await outputOf(2, 0, mode)]
    if (mode.kind === 'training') expect(dropped).not.toEqual(whole)
    else expect(dropped).toEqual(whole)
  }
})

test('a served network takes any batch', async () => {
  const net = new Lstm(deep, rngFromSeed(7))
  const x = input('x', [1, 3, 2])
  const y = transpose(net.apply(transpose(x, [1, 0, 2]), { kind: 'inference' }), [1, 0, 2])
  const session = await openSession(writeModel({ y }, { freeBatch: 'N' }), { threads: 1 })
  try {
    const found = await session.run({ x: random('float32', [4, 3, 2], rngFromSeed(8)) })
    expect(found.y!.shape).toEqual([4, 3, 6])
  } finally {
    await session.close()
  }
})
