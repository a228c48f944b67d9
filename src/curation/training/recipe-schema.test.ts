import { expect, test } from 'vitest'
import { curationRecipes } from '../recipes/index.ts'
import { recipeSchema } from './recipe-schema.ts'

test.each(Object.entries(curationRecipes))('%s is a recipe and stays what it is', (_, recipe) => {
  expect(recipeSchema.parse(recipe)).toEqual(recipe)
})

test('the place of what is wrong is named', () => {
  const recipe = curationRecipes['curation/grocery-triplet']
  const faultOf = (changes: object) =>
    recipeSchema.safeParse({ ...recipe, ...changes }).error?.issues[0]?.path.join('.')
  expect(faultOf({ phases: [] })).toBe('phases')
  expect(faultOf({ network: { kind: 'imported', rate: -1 } })).toBe('network.rate')
  expect(faultOf({ network: { widths: [8, 16], blocks: [1], dimension: 0 } })).toBe(
    'network.dimension',
  )
  expect(faultOf({ name: 'Über' })).toBe('name')
})
