import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeQuery, codeRow, largestError, queryZero } from './row-codes.ts'

test('codes of a known row and query', () => {
  // 1.27 is the largest, so a step is 0.01; 0.004 is lost, as is 0.005 - 0.01 by rounding up
  const row = codeRow(Float32Array.of(1.27, -0.5, 0.004, 0))
  expect([...row.codes]).toEqual([127, -50, 0, 0])
  expect(row).toMatchObject({
    sum: 77,
    scale: expect.closeTo(0.01, 6),
    error: expect.closeTo(0.004, 5),
  })
  const query = codeQuery(Float32Array.of(-6.3, 0.12, 0, 3.15))
  expect([...query.codes].map((code) => code - queryZero)).toEqual([-63, 1, 0, 31])
  expect(query.scale).toBeCloseTo(0.1, 6)
  expect(query.error).toBeCloseTo(Math.hypot(0.02, 0.05), 4)
  expect(query.length).toBeCloseTo(Math.hypot(6.3, 0.12, 3.15), 5)
})

const values = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })

test('law: up to 36 values the error is certain', () =>
  fc.assert(
    fc.property(values, values, (u, q) => {
      fc.pre([u, q].every((vector) => vector.some((value) => Math.abs(value) > 1e-3)))
      const [row, query] = [codeRow(Float32Array.from(u)), codeQuery(Float32Array.from(q))]
      let [exact, coded] = [0, 0]
      for (let i = 0; i < 8; i++) {
        exact += u[i]! * q[i]!
        coded += row.codes[i]! * (query.codes[i]! - queryZero) * row.scale * query.scale
      }
      const length = Math.hypot(...u)
      const most = largestError({ query, row: { ...row, length }, dimension: 8 })
      expect(Math.abs(exact - coded)).toBeLessThanOrEqual(most + 1e-9)
      expect([...query.codes].every((code) => code >= 1 && code <= 127)).toBe(true)
    }),
  ))
