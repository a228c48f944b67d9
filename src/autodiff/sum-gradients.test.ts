import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  concat,
  gemm,
  input,
  mul,
  reachable,
  reduceSum,
  split,
  tanh,
  type Value,
} from '../onnx/index.ts'
import { gradients } from './gradients.ts'

/** A matrix met at every step: hₜ = tanh(xₜ + hₜ₋₁ Rᵀ). */
function chain(x: Value, r: Value, steps: number): Value {
  const sizes = Array.from({ length: steps }, () => x.shape[0]! / steps)
  return split(x, sizes, 0).reduce((h, xt) => tanh(gemm(h, r, { transposeB: true, bias: xt })))
}

const countOf = (op: string, value: Value): number =>
  reachable([value]).nodes.filter((node) => node.op === op).length

test('a matrix that meets few rows at each of many steps gets its gradient by one product', () => {
  const [x, r] = [input('x', [5 * 2, 8]), input('r', [8, 8])]
  const loss = reduceSum(chain(x, r, 5))
  const [slope] = gradients(loss, [r])
  // forwards and backwards one product a step, and one for the matrix
  expect(countOf('Gemm', slope!)).toBe(4 + 3 + 1)
})

test('products of many rows are added', () => {
  const [x, r] = [input('x', [5 * 9, 8]), input('r', [8, 8])]
  const [slope] = gradients(reduceSum(chain(x, r, 5)), [r])
  expect(countOf('Gemm', slope!)).toBe(4 + 3 + 4)
})

test('however often and in whatever company a matrix is used, its gradient is that of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      async (steps, size, rows, seed) => {
        const rng = rngFromSeed(seed)
        await checkGradient({
          at: {
            x: random('float64', [steps * rows, size], rng),
            r: random('float64', [size, size], rng),
          },
          of: ({ x, r }) => concat([chain(x!, r!, steps), gemm(r!, r!), mul(r!, 2)], 0),
        })
      },
    ),
    { numRuns: 25 },
  ))
