import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { apply, einsum, input, matmul, mul, reduceSum, text, transpose } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

test('any letters in one to three operands, any of them in the output, in any order', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.subarray(['a', 'b', 'c', 'd']), { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
      fc.integer(),
      async (operands, sizes, seed) => {
        const rng = rngFromSeed(seed)
        const terms = operands.map((letters) => rng.shuffle(letters).join(''))
        const all = [...new Set(terms.join(''))]
        const output = rng.shuffle(all.filter(() => rng.integer(2) === 0)).join('')
        const shape = (term: string) => Array.from(term, (letter) => sizes['abcd'.indexOf(letter)]!)
        await checkGradient({
          at: Object.fromEntries(
            terms.map((term, i) => [`x${i}`, random('float64', shape(term), rng)]),
          ),
          of: (values) => einsum(`${terms.join(',')}->${output}`, ...Object.values(values)),
        })
      },
    ),
    { numRuns: 60 },
  ))

test('what matrix products can say has the values and gradients of matrix products', async () => {
  const rng = rngFromSeed(8)
  const [q, k] = [input('q', [2, 3, 5, 4]), input('k', [2, 3, 6, 4])]
  const r = random('float32', [2, 3, 5, 6], rng)
  const scores = [einsum('bhqd,bhkd->bhqk', q, k), matmul(q, transpose(k, [0, 1, 3, 2]))] as const
  const weights = input('r', r.shape)
  const slopes = scores.map((y) => gradients(reduceSum(mul(y, weights)), [q, k]))
  const found = await evaluate(
    {
      a: scores[0],
      b: scores[1],
      dqA: slopes[0]![0]!,
      dqB: slopes[1]![0]!,
      dkA: slopes[0]![1]!,
      dkB: slopes[1]![1]!,
    },
    { q: random('float32', q.shape, rng), k: random('float32', k.shape, rng), r },
  )
  expectClose(found.a, found.b, 1e-6)
  expectClose(found.dqA, found.dqB, 1e-6)
  expectClose(found.dkA, found.dkB, 1e-6)
})

test('a diagonal is refused', () => {
  const x = input('x', [3, 3])
  const y = apply('Einsum', [x], { dtype: 'float32', shape: [3] }, { equation: text('ii->i') })
  expect(() => gradients(reduceSum(y), [x])).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(/Einsum: "ii->i" takes a diagonal/),
    }),
  )
})
