import { expect, test } from 'vitest'
import { curationRecipes } from '../src/curation/index.ts'
import { modelNamePattern } from '../src/encoders/index.ts'
import { verificationRecipes } from '../src/verification/index.ts'
import { choiceRecipes } from '../tools/results/choices.ts'

test('what a training writes may be called as its recipe is', () => {
  const recipes = [curationRecipes, verificationRecipes].flatMap((all) => Object.values(all))
  const names = [...recipes, ...choiceRecipes].map(({ name }) => name)
  expect(names).toContain('siamese-dropout-0.1')
  expect(names.filter((name) => !modelNamePattern.test(name))).toEqual([])
})

test.each(['', '.hidden', 'a..b', 'a.', '../a', 'A', 'a b'])('%j is no name of a model', (name) => {
  expect(modelNamePattern.test(name)).toBe(false)
})
