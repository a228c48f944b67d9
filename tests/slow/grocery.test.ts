import { describe, expect, test } from 'vitest'
import {
  decodeImage,
  type GroceryStore,
  readCatalogue,
  readGroceryStore,
} from '../../src/data/index.ts'
import { realFile } from '../support/real-data.ts'

const { path: root, missing } = realFile('data', 'grocery')

describe.skipIf(missing)('the real Grocery Store data set', () => {
  let store: GroceryStore

  test('has the published counts', async () => {
    store = await readGroceryStore(root)
    expect(store.classes.length).toBe(81)
    expect(store.coarseNames.length).toBe(43)
    expect([store.train.length, store.val.length, store.test.length]).toEqual([2640, 296, 2485])
    const classesIn = (split: GroceryStore['val']) =>
      new Set(split.map(({ classId }) => classId)).size
    expect([classesIn(store.train), classesIn(store.val), classesIn(store.test)]).toEqual([
      81, 60, 81,
    ])
    expect(store.classes.every(({ description }) => description.length > 20)).toBe(true)
    expect(store.classes[0]).toMatchObject({ name: 'Golden-Delicious', coarseName: 'Apple' })
  })

  test('reads as a catalogue of 81 products', async () => {
    const { products } = await readCatalogue(root, { photos: 'train' })
    expect(products.length).toBe(81)
    expect(products.reduce((sum, { pictures }) => sum + pictures.length, 0)).toBe(81 + 2640)
    expect(new Set(products.map(({ attributes }) => attributes.category)).size).toBe(43)
  })

  test('every file decodes', async () => {
    const photos = [...store.train, ...store.val, ...store.test].map(({ path }) => path)
    const paths = [...photos, ...store.classes.map(({ iconicPath }) => iconicPath)]
    let next = 0
    const worker = async () => {
      while (next < paths.length) {
        const { width, height, data } = await decodeImage(paths[next++]!, { longestSide: 112 })
        expect(Math.max(width, height)).toBe(112)
        expect(data.some((value) => value !== data[0])).toBe(true)
      }
    }
    await Promise.all([worker(), worker(), worker(), worker()])
    expect(next).toBe(5502)
  })
})
