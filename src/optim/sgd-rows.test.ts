import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  add,
  gather,
  input,
  mul,
  parameter,
  reachable,
  reduceSum,
  type Value,
} from '../onnx/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { sgd } from './sgd.ts'

const places = tensor('int64', [2, 3], BigInt64Array.from([5, 1, 5, -1, 0, 1], BigInt))
const factors = random('float32', [2, 3, 4], rngFromSeed(1))
const start = random('float32', [6, 4], rngFromSeed(2))
const rate = 0.25

/** A table of which rows are looked up, some twice, after one step; and the operators of that step. */
async function stepped(loss: (table: Value, rows: Value) => Value, options = {}) {
  const table = parameter({ ...start, data: start.data.slice() })
  const rows = gather(table, input('places', [2, 3], 'int64'))
  const [gradient] = gradients(loss(table, mul(rows, input('factors', [2, 3, 4]))), [table])
  const scalars = { learningRate: input('rate', []), step: input('step', []) }
  const updates = sgd(options).update({ parameter: table, gradient: gradient!, ...scalars })
  const step = await compileStep({ outputs: {}, updates, session: { threads: 2 } })
  await step.run({ places, factors, rate: tensor('float32', [], Float32Array.of(rate)) })
  const next = step.state(table).data.slice() as Float32Array
  await step.close()
  return { next, ops: reachable([updates[0]!.next]).nodes.map(({ op }) => op) }
}

/** θ − η g by its definition. */
function byHand(share = 0): Float64Array {
  const wanted = Float64Array.from(start.data, (x) => x - rate * share)
  places.data.forEach((place, i) => {
    for (let k = 0; k < 4; k++)
      wanted[((Number(place) + 6) % 6) * 4 + k]! -= rate * factors.data[i * 4 + k]!
  })
  return wanted
}

test('rows that were looked up move, those looked up twice by both slopes, the others stay', async () => {
  const { next, ops } = await stepped((_, rows) => reduceSum(rows))
  expectClose(next, byHand(), 1e-6)
  for (const row of [2, 3, 4])
    expect(next.slice(row * 4, row * 4 + 4)).toEqual(start.data.slice(row * 4, row * 4 + 4))
  // nothing is subtracted from the table as a whole
  expect(ops).not.toContain('Sub')
})

test('a table that is used in another way too moves as a whole', async () => {
  const { next, ops } = await stepped((table, rows) => add(reduceSum(rows), reduceSum(table)))
  expectClose(next, byHand(1), 1e-6)
  expect(ops).toContain('Sub')
})

test('with momentum it moves as a whole, the first step the same', async () => {
  const { next, ops } = await stepped((_, rows) => reduceSum(rows), { momentum: 0.9 })
  expectClose(next, byHand(), 1e-6)
  expect(ops).toContain('Sub')
})
