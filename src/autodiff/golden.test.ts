import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { families } from '../../tests/gradients/index.ts'
import { checkGoldenFunction, type GoldenFunction } from '../../tests/support/golden-function.ts'
import { gradientRules } from './rules.ts'

/** By the scripts of tests/golden/operators. */
const golden: Record<string, Record<string, GoldenFunction>> = {}
for (const family of Object.keys(families)) {
  const file = new URL(`../../tests/golden/operators/${family}.json`, import.meta.url)
  golden[family] = JSON.parse(await readFile(file, 'utf8'))
}
const all = Object.entries(families).flatMap(([family, { golden: functions }]) =>
  Object.entries(functions).map(([name, f]) => ({ family, name, f })),
)

test('every rule has golden values, and every golden value is used', () => {
  for (const [family, { golden: functions }] of Object.entries(families))
    expect(Object.keys(functions).sort()).toEqual(Object.keys(golden[family]!).sort())
  const proven = new Set(all.map(({ name }) => name.split(' ')[0]!.replace(',', '')))
  expect(Object.keys(gradientRules).filter((op) => !proven.has(op))).toEqual([])
})

test.each(all)('$name is what PyTorch computes, and so is its gradient', ({ family, name, f }) =>
  checkGoldenFunction(golden[family]![name]!, f),
)
