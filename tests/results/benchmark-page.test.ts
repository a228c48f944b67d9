import { expect, test } from 'vitest'
import { benchmarkPage, withNewSections } from '../../bench/page.ts'

const result = (name: string, benchmark: string) => ({
  name,
  printed: { benchmark, table: [['a'], ['1']], notes: ['so'] },
})

test('the sections of one benchmark change, all others stay in their places', () => {
  const before = [
    result('ensemble.ts', 'first'),
    result('embedding.ts', 'old'),
    result('embedding.ts', 'old too'),
    result('verification.ts', 'last'),
  ]
  const after = [before[0]!, result('embedding.ts', 'new'), before[3]!]
  expect(withNewSections(benchmarkPage(before), 'embedding.ts', [after[1]!])).toBe(
    benchmarkPage(after),
  )
})

test('a part of a page of another machine is not mixed into it', () => {
  const page = benchmarkPage([result('embedding.ts', 'old')]).replace(
    /Machine: /,
    'Machine: other ',
  )
  expect(() => withNewSections(page, 'embedding.ts', [])).toThrow('write the whole page anew')
})
