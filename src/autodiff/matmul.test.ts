import fc from 'fast-check'
import { test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { apply, compute, float, int, matmul } from '../onnx/index.ts'
import type { Shape } from '../tensor/index.ts'

const size = fc.integer({ min: 1, max: 3 })

test('MatMul: leading axes of any broadcast have the gradients of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(size, fc.constantFrom('both', 'a', 'b', 'neither')), { maxLength: 2 }),
      fc.tuple(size, size, size),
      fc.nat(2),
      fc.boolean(),
      fc.integer(),
      async (lead, [m, k, n], dropped, dropFromA, seed) => {
        const leading = (side: 'a' | 'b') =>
          lead.map(([n, who]) => (who === 'both' || who === side ? n : 1))
        const [a, b] = [leading('a'), leading('b')]
        if (dropFromA) a.splice(0, dropped)
        else b.splice(0, dropped)
        const rng = rngFromSeed(seed)
        await checkGradient({
          at: {
            a: random('float64', [...a, m, k], rng),
            b: random('float64', [...b, k, n], rng),
          },
          of: ({ a, b }) => matmul(a!, b!),
        })
      },
    ),
    { numRuns: 60 },
  ))

test('Gemm: both transpositions, both factors and every bias', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size, size),
      fc.tuple(fc.boolean(), fc.boolean()),
      fc.constantFrom('none', 'scalar', 'one', 'row', 'row2', 'column', 'full'),
      fc.constantFrom(1, 0.5),
      fc.integer(),
      async ([m, k, n], [ta, tb], bias, beta, seed) => {
        const rng = rngFromSeed(seed)
        const biases: Record<string, Shape> = {
          scalar: [],
          one: [1],
          row: [n],
          row2: [1, n],
          column: [m, 1],
          full: [m, n],
        }
        const shape = biases[bias]
        await checkGradient({
          at: {
            a: random('float64', ta ? [k, m] : [m, k], rng),
            b: random('float64', tb ? [n, k] : [k, n], rng),
            ...(shape === undefined ? {} : { c: random('float64', shape, rng) }),
          },
          of: ({ a, b, c }) =>
            apply(
              'Gemm',
              c === undefined ? [a!, b!] : [a!, b!, c],
              { dtype: 'float64', shape: [m, n] },
              {
                transA: int(ta ? 1 : 0),
                transB: int(tb ? 1 : 0),
                alpha: float(0.75),
                beta: float(beta),
              },
            ),
        })
      },
    ),
    { numRuns: 60 },
  ))

test('FusedMatMul: batches and matrices of either operand transposed', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(size, size, size, size),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
      fc.integer(),
      async ([batch, m, k, n], [transA, transB, transBatchA, transBatchB], seed) => {
        const rng = rngFromSeed(seed)
        const laid = (rows: number, columns: number, turned: boolean, batchTurned: boolean) => {
          const [high, wide] = turned ? [columns, rows] : [rows, columns]
          return random('float64', batchTurned ? [high, batch, wide] : [batch, high, wide], rng)
        }
        const flags = { transA, transB, transBatchA, transBatchB }
        await checkGradient({
          at: { a: laid(m, k, transA, transBatchA), b: laid(k, n, transB, transBatchB) },
          of: ({ a, b }) =>
            compute({
              op: 'FusedMatMul',
              domain: 'com.microsoft',
              inputs: [a!, b!],
              attributes: Object.fromEntries(
                Object.entries(flags).map(([name, flag]) => [name, int(flag ? 1 : 0)]),
              ),
              outputs: [{ dtype: 'float64', shape: [batch, m, n] }],
            })[0]!,
        })
      },
    ),
    { numRuns: 40 },
  ))
