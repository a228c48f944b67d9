import { expect, test } from 'vitest'
import { families } from '../../tests/gradients/index.ts'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import * as onnx from '../onnx/index.ts'
import { gradientRules } from './rules.ts'

const cases = Object.values(families).flatMap((family) => Object.entries(family.cases))

test('every rule has a case in tests/gradients, in one family only', () => {
  expect(cases.map(([op]) => op).sort()).toEqual(Object.keys(gradientRules).sort())
})

test.each(cases.flatMap(([op, list]) => list.map((one, i) => ({ op, i, one }))))(
  '$op $i: the gradient is that of central differences',
  async ({ op, one }) => {
    const inputs = Object.entries({ ...one.fixed, ...one.at }).map(
      ([name, { shape, dtype }]) => [name, onnx.input(name, shape, dtype)] as const,
    )
    const { nodes } = onnx.reachable([one.of(Object.fromEntries(inputs))])
    expect(nodes.map(onnx.operatorName)).toContain(op)
    await checkGradient(one)
  },
)
