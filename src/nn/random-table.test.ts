import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { input } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { randomTable } from './random-table.ts'

const session = { threads: 1 }
const number = (x: number) => tensor('float32', [], Float32Array.of(x))

async function drawn(shape: Shape, seed: number, step: number): Promise<Int32Array> {
  const y = randomTable(shape, { step: input('step', []), rng: rngFromSeed(seed) })
  const found = await evaluate({ y }, { step: number(step) }, session)
  expect(found.y.shape).toEqual(shape)
  return found.y.data as Int32Array
}

/** Wellons' lowbias32, of which the words of the rows are made. */
function lowbias32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

test('the table is its definition, in 32-bit arithmetic', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom<[Shape, rows: number, columns: number]>(
        [[4, 4], 4, 4],
        [[2, 5], 2, 5],
        [[7], 1, 7],
        [[3, 2, 2], 3, 4],
        [[], 1, 1],
      ),
      fc.integer(),
      fc.constantFrom(1, 2, 1000, 2 ** 24 - 1),
      async ([shape, rows, columns], seed, step) => {
        const rng = rngFromSeed(seed)
        const words = Array.from({ length: 2 * rows }, () =>
          lowbias32((rng.integer(2 ** 32) + Math.imul(step, 0x9e3779b9)) | 0),
        )
        const keys = Array.from({ length: columns }, (_, c) => (rng.integer(2 ** 15) << 17) | c)
        const wanted = words
          .slice(0, rows)
          .flatMap((a, r) => keys.map((key) => (Math.imul(a, key) + words[rows + r]!) | 0))
        expect([...(await drawn(shape, seed, step))]).toEqual(wanted)
      },
    ),
    { numRuns: 15 },
  ))

test('each of sixteen upper bits is one in half of the elements, and independent of each other', async () => {
  const table = await drawn([512, 512], 3, 9)
  const spread = Math.sqrt(table.length / 4)
  for (let i = 16; i < 32; i++)
    for (let j = 16; j <= i; j++) {
      let ones = 0
      for (const word of table)
        ones += i === j ? (word >>> i) & 1 : ((word >>> i) ^ (word >>> j)) & 1
      expect(Math.abs(ones - table.length / 2), `bits ${i} and ${j}`).toBeLessThan(5 * spread)
    }
})

test('the upper bytes are spread evenly: χ² of 256 cells, in the whole and along rows and columns', async () => {
  const side = 512
  const table = await drawn([side, side], 5, 2)
  const chi2 = (start: number, stride: number, count: number): number => {
    const cells = new Float64Array(256)
    for (let i = 0; i < count; i++) cells[table[start + i * stride]! >>> 24]!++
    return cells.reduce((sum, n) => sum + (n - count / 256) ** 2 / (count / 256), 0)
  }
  // 255 degrees of freedom: 255 ± 22.6
  expect(Math.abs(chi2(0, 1, side * side) - 255)).toBeLessThan(5 * 22.6)
  for (const [step, stride] of [
    [side, 1],
    [1, side],
  ] as const) {
    const all = Array.from({ length: side }, (_, i) => chi2(i * step, stride, side))
    const mean = all.reduce((sum, x) => sum + x, 0) / side
    expect(Math.abs(mean - 255)).toBeLessThan((5 * 22.6) / Math.sqrt(side))
    expect(Math.max(...all)).toBeLessThan(255 + 7 * 22.6)
  }
})
