import { expect, test } from 'vitest'
import type { Picture } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { composeQuery } from './compose-query.ts'
import { queryViews } from './query-views.ts'

/** Knows a picture by its size and its first value: enough to tell views apart. */
const encoder: PictureEncoder = {
  name: 'size',
  modality: 'picture',
  dimension: 2,
  hash: 'abc',
  pictureSize: 8,
  encode: async (pictures) =>
    Float32Array.from(pictures.flatMap(({ width, data }) => [width, data[0]!])),
  close: async () => {},
}

/** Ten wide and high, the value grows from left to right. */
const picture = (start: number): Picture => ({
  width: 10,
  height: 10,
  data: Uint8Array.from({ length: 300 }, (_, i) => start + (Math.floor(i / 3) % 10)),
})
const vectorsOf = async () => [Float32Array.of(7, 7), Float32Array.of(9, 9)]
const compose = async (query: Parameters<typeof composeQuery>[0]['query']) =>
  (await composeQuery({ query, encoder, vectorsOf })).map((terms) =>
    terms.map(({ vector, weight }) => [...vector, weight]),
  )

test('the views are the picture, its mirror image and the middle of both', () => {
  const views = queryViews(picture(100), 'mean')
  expect(views.map(({ width, height, data }) => [width, height, data[0]])).toEqual([
    [10, 10, 100],
    [10, 10, 109],
    [8, 8, 101],
    [8, 8, 108],
  ])
  expect(queryViews(picture(1), 'none')).toEqual([picture(1)])
  const tiny = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) }
  expect(queryViews(tiny, 'max')).toEqual([tiny, tiny, tiny, tiny])
})

test('pictures and products share what is looked for, what is not wanted counts half', async () => {
  expect(
    await compose({ pictures: [picture(0), picture(20)], like: ['p'], not: [picture(40)] }),
  ).toEqual([
    [
      [10, 0, 1 / 3],
      [10, 20, 1 / 3],
      [10, 40, -0.5],
      [7, 7, 1 / 6],
      [9, 9, 1 / 6],
    ],
  ])
  const two = { pictures: [picture(0)], not: [picture(40), picture(60)], notWeight: 1 }
  expect((await compose(two))[0]!.map(([, , weight]) => weight)).toEqual([1, -0.5, -0.5])
})

test('the mean over views is one query, the largest score one a view', async () => {
  const pictures = [picture(100)]
  const views = [
    [10, 100],
    [10, 109],
    [8, 101],
    [8, 108],
  ]
  expect(await compose({ pictures, views: 'mean' })).toEqual([views.map((view) => [...view, 0.25])])
  expect(await compose({ pictures, views: 'max' })).toEqual(views.map((view) => [[...view, 1]]))
  expect(await compose({ like: ['p'], views: 'max' })).toEqual([
    [
      [7, 7, 0.5],
      [9, 9, 0.5],
    ],
  ])
})

test('nothing to look for, or a weight that makes no sense, is refused', async () => {
  await expect(compose({ not: [picture(0)] })).rejects.toThrow(/nothing to look for/)
  await expect(compose({ pictures: [picture(0)], notWeight: -1 })).rejects.toThrow(/is -1, it must/)
})
