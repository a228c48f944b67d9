import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../../core/index.ts'
import { designProducts } from './product-design.ts'
import { productKinds } from './product-kinds.ts'

test('no two products of a shop are the same, and every kind is there', () =>
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const designs = designProducts(120, rngFromSeed(seed))
      const looks = designs.map(({ id, title, kind, ...look }) => JSON.stringify([kind.name, look]))
      expect(new Set(looks).size).toBe(120)
      expect(new Set(designs.map(({ id }) => id)).size).toBe(120)
      expect(new Set(designs.map(({ kind }) => kind)).size).toBe(productKinds.length)
    }),
    { numRuns: 20 },
  ))

test('families of three: another pattern in the same colours, other colours in the same pattern', () => {
  const designs = designProducts(3 * productKinds.length, rngFromSeed(5))
  const [first, patterned, coloured] = [0, 1, 2].map((i) => designs[i * productKinds.length]!)
  expect(patterned).toMatchObject({ kind: first!.kind, main: first!.main, accent: first!.accent })
  expect(patterned!.pattern).not.toBe(first!.pattern)
  expect(coloured).toMatchObject({
    kind: first!.kind,
    pattern: first!.pattern,
    brand: first!.brand,
  })
  expect([coloured!.main, coloured!.accent]).not.toEqual([first!.main, first!.accent])
})
