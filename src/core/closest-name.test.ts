import { expect, test } from 'vitest'
import { closestName } from './closest-name.ts'

const names = ['search', 'index', 'demo', 'doctor']

test.each([
  ['serach', 'search'],
  ['indx', 'index'],
  ['demo', 'demo'],
  ['doctro', 'doctor'],
  ['banana', undefined],
  ['', undefined],
])('%j is nearest to %j', (typed, name) => {
  expect(closestName(typed, names)).toBe(name)
})
