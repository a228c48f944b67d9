import { expect, test } from 'vitest'
import { fashionSplitOf } from '../../data/index.ts'
import { fashionFiles } from './fashion-files.ts'

const products = Array.from({ length: 200 }, (_, i) => ({
  id: `${i}`,
  title: `Product ${i}`,
  path: `${i}.jpg`,
  attributes: {
    articleType: ['Shirts', 'Belts'][i % 2]!,
    ...(i % 10 === 0 ? {} : { baseColour: 'Black' }),
    gender: 'Women',
  },
}))
const splitOf = new Map(products.map((product) => [product.path, fashionSplitOf(product)]))
const files = fashionFiles({ products, skipped: [] })
const splits = (some: readonly { readonly path: string }[]) => [
  ...new Set(some.map(({ path }) => splitOf.get(path))),
]

test('train is learned from, val is judged by, test is left alone', () => {
  expect(splits(files.train)).toEqual(['train'])
  expect(splits(files.gallery!)).toEqual(['train'])
  expect(splits(files.validation)).toEqual(['val'])
  expect(files.train).toHaveLength([...splitOf.values()].filter((s) => s === 'train').length)
})

test('a product is its own in training; in validation what has its type and colour is right', () => {
  for (const { path, product } of files.train) expect(path).toBe(`${product}.jpg`)
  for (const { path, product } of [...files.validation, ...files.gallery!]) {
    const { articleType, baseColour } = products[Number.parseInt(path, 10)]!.attributes
    expect(product).toBe(`${articleType}\n${baseColour}`)
  }
  const known = files.validation.map(({ path }) => Number.parseInt(path, 10) % 10)
  expect(known).not.toContain(0)
  expect(new Set(files.gallery!.map(({ product }) => product)).size).toBe(2)
})

test('what is said of each product is there to be learned', () => {
  expect(files.attributes.get('3')).toEqual({
    title: 'Product 3',
    articleType: 'Belts',
    baseColour: 'Black',
    gender: 'Women',
  })
})
