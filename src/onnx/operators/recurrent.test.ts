import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { random } from '../../../tests/support/random-tensor.ts'
import { type Rng, rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { type Shape, tensor } from '../../tensor/index.ts'
import { constant, input, type Value } from '../value.ts'
import * as o from './index.ts'

const outputs =
  (build: (x: Value, options: o.LstmOptions) => Readonly<Record<string, Value>>) =>
  (x: Value, options: o.LstmOptions) =>
    Object.values(build(x, options))
const operators = {
  LSTM: { gates: 4, shortest: 0, apply: outputs(o.lstm) },
  GRU: { gates: 3, shortest: 0, apply: outputs(o.gru) },
  RNN: { gates: 1, shortest: 1, apply: outputs(o.rnn) },
}
type Name = keyof typeof operators

/** An operator with drawn weights, and how to get its outputs. */
interface Place {
  readonly x: Value
  readonly lengths: Value
  readonly weights: o.LstmOptions
  readonly run: (x: Value, weights: o.LstmOptions) => Value[]
}

/** Checks a law of weights for so many directions. */
const law = (directions: number, check: (place: Place) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Name>('LSTM', 'GRU', 'RNN'),
      fc.tuple(...[5, 6, 3, 4].map((max) => fc.integer({ min: 1, max }))),
      fc.integer(),
      async (name, [steps, batch, inputs, hidden], seed) => {
        const rng = rngFromSeed(seed)
        const { gates, shortest, apply } = operators[name]
        const draw = (...shape: Shape) => constant(random('float32', shape, rng))
        await check({
          x: draw(steps!, batch!, inputs!),
          lengths: lengthsOf([shortest, steps!], batch!, rng),
          weights: {
            w: draw(directions, gates * hidden!, inputs!),
            r: draw(directions, gates * hidden!, hidden!),
            b: draw(directions, 2 * gates * hidden!),
            initialH: draw(directions, batch!, hidden!),
            initialC: name === 'LSTM' ? draw(directions, batch!, hidden!) : undefined,
          },
          run: apply,
        })
      },
    ),
    { numRuns: 30 },
  )

function lengthsOf([shortest, longest]: readonly [number, number], batch: number, rng: Rng): Value {
  const one = () => shortest + rng.integer(longest + 1 - shortest)
  return constant(tensor('int32', [batch], Int32Array.from({ length: batch }, one)))
}

/** Compares outputs as onnxruntime computes them, whose shapes have to be those that we declared. */
async function expectSame(some: readonly Value[], others: readonly Value[]): Promise<void> {
  expect(some).toHaveLength(others.length)
  for (const [i, one] of some.entries()) {
    const found = await evaluate({ one, other: others[i]! }, {}, { threads: 1 })
    expect(found.one.shape).toEqual(one.shape)
    expect(found.other.shape).toEqual(one.shape)
    expectClose(found.one, found.other, 1e-6, `output ${i}`)
  }
}

test('a bidirectional layer is one forwards and one in reverse', () =>
  law(2, async ({ x, lengths, weights, run }) => {
    const own = (place: number): o.LstmOptions => {
      const parts = Object.entries(weights).map(([name, value]) => [
        name,
        value && o.slice(value, [{ axis: 0, start: place, end: place + 1 }]),
      ])
      return Object.fromEntries(parts) as o.LstmOptions
    }
    const forth = run(x, { ...own(0), lengths })
    const back = run(x, { ...own(1), lengths, direction: 'reverse' })
    await expectSame(
      run(x, { ...weights, lengths, direction: 'bidirectional' }),
      forth.map((value, i) => o.concat([value, back[i]!], i === 0 ? 1 : 0)),
    )
  }))

test('to go in reverse is to go forwards through time reversed', () =>
  law(1, async ({ x, weights, run, ...short }) => {
    for (const lengths of [undefined, short.lengths]) {
      const [y, ...last] = run(o.reverseSequences(x, lengths), { ...weights, lengths })
      const turned = [o.unsqueeze(o.reverseSequences(o.take(y!, 0, 1), lengths), [1]), ...last]
      await expectSame(run(x, { ...weights, lengths, direction: 'reverse' }), turned)
    }
  }))

test('what stands after the end of a sequence changes nothing', () =>
  law(2, async ({ x, lengths, weights, run }) => {
    const options = { ...weights, lengths, direction: 'bidirectional' } as const
    const nothing = o.sub(1, o.zeroAfterEnd(o.expand(o.like(1, x), x.shape), lengths))
    const strange = o.add(x, o.mul(nothing, 1e30))
    await expectSame(
      run(x, options),
      run(strange, { ...options, lengths: o.cast(lengths, 'int64') }),
    )
  }))

test('a short sequence gives what it gives alone, then zeros; one of no steps gives zeros', () =>
  law(1, async ({ x, lengths, weights, run }) => {
    const counts = [...(lengths as { data: Int32Array }).data]
    const batch = run(x, { ...weights, lengths })
    for (const [i, count] of counts.entries()) {
      const only = (value: Value, axis: number) => o.slice(value, [{ axis, start: i, end: i + 1 }])
      const [y, ...last] = batch.map((value, k) => only(value, k === 0 ? 2 : 1))
      const [during, after] = o.split(y!, [count, x.shape[0]! - count], 0)
      const zeros = (value: Value) => o.expand(o.like(0, value), value.shape)
      if (count < x.shape[0]!) await expectSame([after!], [zeros(after!)])
      if (count === 0) await expectSame(last, last.map(zeros))
      else {
        const states = { initialH: weights.initialH, initialC: weights.initialC }
        const own = Object.entries(states).map(([name, value]) => [name, value && only(value, 1)])
        const alone = o.slice(only(x, 1), [{ axis: 0, start: 0, end: count }])
        await expectSame([during!, ...last], run(alone, { ...weights, ...Object.fromEntries(own) }))
      }
    }
  }))

test('gates wide open or shut keep a state as it is', async () => {
  const shut = -50
  const [hidden, steps] = [2, 3]
  const gate = (value: number) => Array.from({ length: hidden }, () => value)
  const bias = (...gates: number[]) => {
    const data = [...gates.flatMap(gate), ...gates.flatMap(() => gate(0))]
    return constant(tensor('float32', [1, data.length], Float32Array.from(data)))
  }
  const draw = (...shape: Shape) => constant(random('float32', shape, rngFromSeed(3)))
  const state = draw(1, 4, hidden)
  const x = draw(steps, 4, 2)
  // input shut, output and forget open
  const { h, c } = o.lstm(x, {
    w: draw(1, 4 * hidden, 2),
    r: draw(1, 4 * hidden, hidden),
    b: bias(shut, -shut, -shut, 0),
    initialC: state,
  })
  await expectSame([c, h], [state, o.tanh(state)])
  const { h: kept } = o.gru(x, {
    w: draw(1, 3 * hidden, 2),
    r: draw(1, 3 * hidden, hidden),
    b: bias(-shut, 0, 0),
    initialH: state,
  })
  await expectSame([kept], [state])
})

const x = input('x', [3, 2, 4])
const [w, r] = [input('w', [1, 8, 4]), input('r', [1, 8, 2])]
const mistakes: [string, () => unknown, RegExp][] = [
  ['x', () => o.lstm(input('x', [3, 4]), { w, r }), /LSTM: x is \[3, 4\], wanted \[steps, batch/],
  ['w', () => o.lstm(x, { w: r, r }), /LSTM: w is \[1, 8, 2\], wanted \[1, 8, 4\]/],
  [
    'r',
    () => o.gru(x, { w: input('w', [1, 6, 4]), r }),
    /GRU: r is \[1, 8, 2\], wanted \[1, 6, 2\]/,
  ],
  [
    'both',
    () => o.lstm(x, { w, r, direction: 'bidirectional' }),
    /LSTM: w is .* wanted \[2, 8, 4\]/,
  ],
  ['b', () => o.lstm(x, { w, r, b: input('b', [1, 8]) }), /LSTM: b is \[1, 8\], wanted \[1, 16\]/],
  ['lengths', () => o.lstm(x, { w, r, lengths: input('n', [3], 'int32') }), /lengths is \[3\]/],
  ['state', () => o.lstm(x, { w, r, initialC: input('c', [1, 2, 3]) }), /initialC is \[1, 2, 3\]/],
]
test.each(mistakes)('%s that does not fit is refused with both shapes', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})
