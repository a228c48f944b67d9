import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderTable } from './render-table.ts'

test('numbers line up on the right, texts on the left, under one rule', () => {
  const page = renderTable({
    head: ['product', 'score'],
    rows: [
      ['Golden Delicious', 0.93],
      ['Kiwi', 12.5],
    ],
  })
  expect(page).toBe(
    [
      'product           score',
      '────────────────  ─────',
      'Golden Delicious   0.93',
      'Kiwi               12.5',
    ].join('\n'),
  )
})

test('an empty table is its head', () => {
  expect(renderTable({ head: ['a', 'b'], rows: [] })).toBe('a  b\n─  ─')
})

test('control characters from a file name are spelt out', () => {
  const page = renderTable({ head: ['file'], rows: [['\u001b[31mred.jpg']] })
  expect(page).toContain('\\x1b[31mred.jpg')
  expect(page).not.toContain('\u001b')
})

test('no line is wider than the page, and no letter is lost in wrapping', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.stringMatching(/^[a-z]{0,60}$/), fc.stringMatching(/^([a-z]{1,9} ){0,20}$/)),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      fc.integer({ min: 30, max: 120 }),
      (rows, columns) => {
        const page = renderTable({ head: ['A', 'B'], rows, columns })
        for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
        const letters = (text: string): string => [...text.replace(/[^a-z]/g, '')].sort().join('')
        expect(letters(page)).toBe(letters(rows.flat().join('')))
      },
    ),
    { numRuns: 50 },
  ))
