import { expect, test } from 'vitest'
import { closestName, whichName } from './closest-name.ts'

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

test('a name that there is not is answered with the one that is meant, or with all', () => {
  expect(whichName('serach', names)).toBe('did you mean search?')
  expect(whichName('banana', names)).toBe('there are search, index, demo, doctor')
  expect(whichName('banana', names, 'check it')).toBe('check it')
})
