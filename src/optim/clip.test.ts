import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { input } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { clipByNorm, clipByValue } from './clip.ts'
import { norm } from './norm.ts'

/** By tests/golden/make-optimizers.py, torch.nn.utils.clip_grad_norm_ in float64. */
const { clip: golden } = JSON.parse(
  await readFile(new URL('../../tests/golden/optimizers.json', import.meta.url), 'utf8'),
) as {
  clip: {
    shapes: number[][]
    gradients: number[][]
    clipped: { limit: number; norm: number; gradients: number[][] }[]
  }
}

const inputsFor = (given: readonly Tensor[]) => given.map(({ shape }, i) => input(`g${i}`, shape))
const feedsOf = (given: readonly Tensor[]) =>
  Object.fromEntries(given.map((one, i) => [`g${i}`, one]))

async function clipped(given: readonly Tensor[], limit: number) {
  const { gradients, norm: joint } = clipByNorm(inputsFor(given), limit)
  const outputs = Object.fromEntries(gradients.map((one, i) => [`c${i}`, one]))
  const found: Record<string, Tensor> = await evaluate({ ...outputs, joint }, feedsOf(given))
  return { gradients: given.map((_, i) => found[`c${i}`]!), norm: Number(found.joint!.data[0]) }
}

test.each(golden.clipped)('gradients clipped to $limit are those of PyTorch', async (wanted) => {
  const given = golden.shapes.map((shape, i) =>
    tensor('float32', shape, Float32Array.from(golden.gradients[i]!)),
  )
  const found = await clipped(given, wanted.limit)
  expectClose([found.norm], [wanted.norm], 1e-6)
  found.gradients.forEach((one, i) => {
    expect(one.shape).toEqual(golden.shapes[i])
    expectClose(one, wanted.gradients[i]!, 1e-6, `gradient ${i}`)
  })
})

test('no joint norm is above the limit, and what is below it stays as it is', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.integer(),
      async (shapes, limit, seed) => {
        const rng = rngFromSeed(seed)
        const given = shapes.map((shape) => random('float32', shape, rng, [-2, 2]))
        const exact = Math.hypot(...given.flatMap(({ data }) => [...data]))
        const found = await clipped(given, limit)
        expectClose([found.norm], [exact], 1e-6)
        const after = Math.hypot(...found.gradients.flatMap(({ data }) => Array.from(data, Number)))
        expect(after).toBeLessThanOrEqual(limit * (1 + 1e-6))
        if (exact < limit - 1e-5)
          expect(found.gradients.map(({ data }) => data)).toEqual(given.map(({ data }) => data))
      },
    ),
    { numRuns: 20 },
  ))

test('zero gradients stay zero; a NaN or infinity shows in the norm', async () => {
  const zeros = [tensor('float32', [2, 2], new Float32Array(4))]
  expect((await clipped(zeros, 1)).gradients[0]!.data).toEqual(new Float32Array(4))
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
    expect((await clipped([tensor('float32', [2], Float32Array.of(1, bad))], 1)).norm).toBe(bad)
})

test('the norm of a long list of equal numbers is exact to 10⁻⁵, where one running sum is off by 2 · 10⁻³', async () => {
  const [rows, columns] = [8000, 500]
  const x = input('x', [rows, columns])
  const feeds = { x: tensor('float32', x.shape, new Float32Array(rows * columns).fill(0.1)) }
  const found = await evaluate({ n: norm(x) }, feeds)
  expectClose(found.n, [Math.fround(0.1) * Math.sqrt(rows * columns)], 1e-5)
})

test('clipByValue limits each element', async () => {
  const [one] = clipByValue([input('g', [4])], 0.5)
  const feeds = { g: tensor('float32', [4], Float32Array.of(-3, -0.5, 0.25, 0.75)) }
  expect([...(await evaluate({ one: one! }, feeds)).one.data]).toEqual([-0.5, -0.5, 0.25, 0.5])
})

test.each([0, -1, Number.NaN])('a limit of %d is refused', (limit) => {
  expect(() => clipByNorm([input('g', [1])], limit)).toThrow(
    /limit of the gradient norm is .*must be positive; 1 is usual/,
  )
  expect(() => clipByValue([input('g', [1])], limit)).toThrow(/limit of gradient elements is/)
})
