import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { type PkOptions, pkBatches } from './pk-sampler.ts'

/** Groups of 1 to 6 pictures, numbered through; P at most their number. */
const options = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
    fc.nat(),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 20 }),
  )
  .map(([sizes, p, picturesPerProduct, batches]) => {
    let next = 0
    const groups = sizes.map((size) => Array.from({ length: size }, () => next++))
    return { groups, productsPerBatch: 1 + (p % groups.length), picturesPerProduct, batches }
  })

const groupOf = ({ groups }: PkOptions, picture: number) =>
  groups.findIndex((group) => group.includes(picture))

test('a batch is P distinct products with K pictures each, distinct where there are enough', () =>
  fc.assert(
    fc.property(options, fc.integer(), (o, seed) => {
      const batches = [...pkBatches(o, rngFromSeed(seed))]
      expect(batches.length).toBe(o.batches)
      for (const batch of batches) {
        expect(batch.length).toBe(o.productsPerBatch * o.picturesPerProduct)
        const products = new Set<number>()
        for (let at = 0; at < batch.length; at += o.picturesPerProduct) {
          const pictures = batch.slice(at, at + o.picturesPerProduct)
          const [product] = pictures.map((picture) => groupOf(o, picture))
          expect(pictures.every((picture) => groupOf(o, picture) === product)).toBe(true)
          const enough = Math.min(o.picturesPerProduct, o.groups[product!]!.length)
          expect(new Set(pictures).size).toBe(enough)
          products.add(product!)
        }
        expect(products.size).toBe(o.productsPerBatch)
      }
    }),
  ))

test('products, and pictures within each, are visited evenly', () =>
  fc.assert(
    fc.property(options, fc.integer(), (o, seed) => {
      const pictures = [...pkBatches(o, rngFromSeed(seed))].flat()
      const visits = (of: (picture: number) => boolean) => pictures.filter(of).length
      const products = o.groups.map((group) => visits((picture) => group.includes(picture)))
      expect(Math.max(...products) - Math.min(...products)).toBeLessThanOrEqual(
        o.picturesPerProduct,
      )
      for (const group of o.groups) {
        const each = group.map((picture) => visits((other) => other === picture))
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1)
      }
    }),
  ))

test('a seed gives its batches, another seed others', () => {
  const groups = Array.from({ length: 20 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2])
  const o = { groups, productsPerBatch: 8, picturesPerProduct: 2 }
  const run = (seed: number) => [...pkBatches(o, rngFromSeed(seed))]
  expect(run(1)).toEqual(run(1))
  expect(run(1)).not.toEqual(run(2))
  expect(run(1).length).toBe(4) // 60 pictures, 16 a batch
})

test('what cannot be is refused at once', () => {
  const o = { groups: [[0], [1]], productsPerBatch: 2, picturesPerProduct: 2 }
  const rng = rngFromSeed(1)
  expect(() => pkBatches({ ...o, productsPerBatch: 3 }, rng)).toThrow('only 2 products')
  expect(() => pkBatches({ ...o, picturesPerProduct: 0 }, rng)).toThrow('picturesPerProduct is 0')
  expect(() => pkBatches({ ...o, groups: [[0], []] }, rng)).toThrow('product 1 has no pictures')
})
