import { expect, test } from 'vitest'
import { tensor } from '../tensor/index.ts'
import { type Features, pooledRows } from './feature-output.ts'

// Two texts of three tokens of two values.
const tokens = tensor('float32', [2, 3, 2], Float32Array.of(1, 2, 3, 4, 5, 9, 7, 8, 9, 10, 11, 15))
const rowsOf = (more: Partial<Features>) => {
  const features = { place: 'x', output: 'y', results: { y: tokens }, ...more }
  const { rows, dimension } = pooledRows(features)
  return { rows: [...rows], dimension }
}

test('of tokens the first, their mean, or the mean of those that count', () => {
  expect(rowsOf({ pooling: 'cls' })).toEqual({ rows: [1, 2, 7, 8], dimension: 2 })
  expect(rowsOf({ pooling: 'mean' })).toEqual({ rows: [3, 5, 9, 11], dimension: 2 })
  expect(rowsOf({ tokenPooling: 'cls' })).toEqual(rowsOf({ pooling: 'cls' }))
  expect(rowsOf({ tokenPooling: 'cls', pooling: 'mean' })).toEqual(rowsOf({ pooling: 'mean' }))
  const mask = Float32Array.of(1, 1, 0, 1, 0, 0)
  expect(rowsOf({ pooling: 'mean', mask })).toEqual({ rows: [2, 3, 7, 8], dimension: 2 })
})

test('rows are taken as they are, of a map the mean of all places', () => {
  const rows = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
  expect(rowsOf({ results: { y: rows } })).toEqual({ rows: [1, 2, 3, 4, 5, 6], dimension: 3 })
  const map = tensor('float32', [1, 2, 2, 2], Float32Array.of(1, 2, 3, 6, 10, 20, 30, 40))
  expect(rowsOf({ results: { y: map }, pooling: 'mean' })).toEqual({ rows: [3, 25], dimension: 2 })
})

test('what does not fit is refused with its shape', () => {
  expect(() => rowsOf({})).toThrow(/x: output "y" is float32 \[2, 3, 2\].*--pooling cls or mean/)
  const rows = tensor('float32', [2, 3], new Float32Array(6))
  expect(() => rowsOf({ results: { y: rows }, pooling: 'cls' })).toThrow(/tokens \[N, L, D\]/)
  const ids = tensor('int64', [1, 1], BigInt64Array.of(1n))
  expect(() => rowsOf({ results: { y: ids } })).toThrow(/is int64 \[1, 1\], wanted float32/)
  const flat = tensor('float32', [4], new Float32Array(4))
  expect(() => rowsOf({ results: { y: flat } })).toThrow(/it is no encoder/)
})
