import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { depthToSpace, input, mul, reduceSum, spaceToDepth } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

test('there and back again is the identity, and so is its gradient', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer(),
      async (block, channels, seed) => {
        const x = input('x', [2, channels * block ** 2, 2, 3], 'float64')
        const r = input('r', x.shape, 'float64')
        const y = spaceToDepth(depthToSpace(x, block), block)
        const [slope] = gradients(reduceSum(mul(y, r)), [x])
        const rng = rngFromSeed(seed)
        const feeds = { x: random('float64', x.shape, rng), r: random('float64', x.shape, rng) }
        const found = await evaluate({ y, slope: slope! }, feeds)
        expect(found.y.data).toEqual(feeds.x.data)
        expect(found.slope.data).toEqual(feeds.r.data)
      },
    ),
    { numRuns: 15 },
  ))
