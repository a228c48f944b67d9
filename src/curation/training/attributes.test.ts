import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { tinyWords } from '../../../tests/support/tiny-words.ts'
import { makeSampleShop, readCatalogue } from '../../data/index.ts'
import { readModelFolder } from '../../encoders/index.ts'
import { groceryAttributes } from '../recipes/grocery-attributes.ts'
import type { AttributeRecipe } from './attribute-recipe.ts'
import { attributeRetriever } from './attribute-retriever.ts'
import { attributeTargets } from './attribute-targets.ts'
import { attributesOf, attributeValues } from './product-attributes.ts'
import { decodeAll } from './retrieval-set.ts'
import { trainRetriever } from './train-retriever.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-attributes-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const said = attributesOf([
  {
    id: 'a',
    title: 'Red Apple',
    attributes: { kind: 'fruit', note: 'its PEEL is red, or green' },
    pictures: [],
  },
  {
    id: 'b',
    title: 'Leek',
    attributes: { kind: 'vegetable', note: 'long', shop: 'x' },
    pictures: [],
  },
  { id: 'c', title: 'Plum', attributes: { kind: 'fruit', shop: 'x' }, pictures: [] },
])

test('attributes are read product by product, with gaps, from one field or several', () => {
  const sources = [
    { name: 'colour', from: ['title', 'note'], words: ['green', 'red', 'eel'] },
    { name: 'both', from: ['kind', 'title'] },
  ]
  expect(attributeValues(said, ['c', 'a', 'b', 'unheard-of'], sources)).toEqual([
    { name: 'both', values: ['fruit Plum', 'fruit Red Apple', 'vegetable Leek', ''] },
  ])
  const colours = new Map([...said, ['d', { title: 'Red plum' }]])
  expect(attributeValues(colours, ['a', 'b', 'd'], sources)[0]).toEqual({
    name: 'colour',
    values: ['green red', '', 'red'],
  })
})

test('by default all that is said is learned, but for what all products share', () => {
  const found = attributeValues(said, ['a', 'b', 'c'])
  expect(found.map(({ name }) => name)).toEqual(['title', 'kind', 'note'])
})

test('targets are the text vectors less their mean; what is unknown is missing', async () => {
  const words = await tinyWords(join(folder, 'words'), ['fruit', 'vegetable', 'long'])
  const values = attributeValues(said, ['a', 'b', 'c', 'unheard-of'])
  const { learned, target, present } = await attributeTargets(values, words)
  // No word of a title is known, and of notes but one: neither tells products apart.
  expect(learned).toEqual([{ name: 'kind', missing: 0.25 }])
  expect(target.shape).toEqual([4, 1, 8])
  expect(Array.from(present.data, Number)).toEqual([1, 1, 1, 0])
  const at = (product: number) =>
    Array.from(target.data, Number).slice(product * 8, product * 8 + 8)
  const [fruit, vegetable] = [at(0), at(1)]
  // Two values lie on either side of their mean, half their difference away.
  const rows = Array.from(await words.encode(['fruit', 'vegetable']))
  expectClose(
    fruit,
    rows.slice(0, 8).map((x, i) => (x - rows[8 + i]!) / 2),
    1e-6,
  )
  expectClose(
    vegetable,
    fruit.map((x) => -x),
    1e-6,
  )
  expect(at(2)).toEqual(fruit)
  expect(at(3)).toEqual(new Array(8).fill(0))
})

const recipe: AttributeRecipe = {
  ...groceryAttributes,
  name: 'tiny-attributes',
  network: { widths: [8, 16], blocks: [1], dimension: 8 },
  phases: [{ epochs: 12, size: 16 }],
  productsPerBatch: 4,
  picturesPerProduct: 4,
  attributes: ['title', 'kind', 'colour', 'pattern'].map((name) => ({ name, from: [name] })),
  hidden: [16],
  optimizer: { peakLearningRate: 0.01, warmUp: 0.1, weightDecay: 0.01 },
  servedSize: 16,
  validateEvery: 6,
}

/** A sample shop of a few products, one wild photo of each held out. */
async function smallShop() {
  const shop = await makeSampleShop(join(folder, 'shop'), {
    seed: 5,
    products: 8,
    views: 4,
    wild: 1,
    video: false,
  })
  const { products } = await readCatalogue(shop.cataloguePath)
  const decode = (files: readonly { path: string; product: string }[]) =>
    decodeAll(files, { longestSide: 32 })
  const attributes = attributesOf(products)
  const words = [...attributes.values()].flatMap(({ kind, colour, pattern }) =>
    `${kind} ${colour} ${pattern}`.split(' '),
  )
  return {
    set: {
      train: await decode(
        products.flatMap(({ id, pictures }) => pictures.map(({ path }) => ({ path, product: id }))),
      ),
      validation: await decode(
        shop.wild.map(({ path, productId }) => ({ path, product: productId })),
      ),
      attributes,
    },
    text: await tinyWords(join(folder, 'words'), [...new Set(words)]),
  }
}

test('a sample shop’s attributes are learned, and the run says from what', async () => {
  const { set, text } = await smallShop()
  const run = join(folder, 'run')
  const training = { recipe, seed: 1, set, dataName: 'a shop', folder: run }
  const { curve } = await trainRetriever({ ...training, openText: async () => text })
  // Measured over seeds 1 to 5: 0.63 to 0.66.
  expect(curve.at(-1)!.loss! / curve[0]!.loss!).toBeLessThan(0.8)
  const { card } = await readModelFolder(join(run, 'model'))
  expect(card).toMatchObject({
    dimension: 8,
    description: expect.stringMatching(
      /cosine loss of 4 attributes \(title, kind, colour, pattern\) to tiny vectors on a shop/,
    ),
    recipe: { kind: 'attributes', textEncoder: 'tiny' },
  })
  // Another text encoder is another training.
  const other = await tinyWords(join(folder, 'other'), ['plain', 'mug', 'red', 'shirt'])
  await expect(trainRetriever({ ...training, openText: async () => other })).rejects.toMatchObject({
    code: 'Conflict',
  })
}, 60_000)

test('what cannot be learned is refused', async () => {
  const { set, text } = await smallShop()
  const silent = { ...set, attributes: new Map() }
  await expect(attributeRetriever({ recipe, seed: 1, set: silent, text })).rejects.toThrow(
    /nothing said of the products tells two of them apart/,
  )
  await expect(
    trainRetriever({ recipe, seed: 1, set, dataName: 'a shop', folder }),
  ).rejects.toThrow(/say with openText how to open "words"/)
}, 60_000)
