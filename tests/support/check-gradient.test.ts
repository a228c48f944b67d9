import { expect, test } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import { compute, mul, type Value } from '../../src/onnx/index.ts'
import { checkGradient } from './check-gradient.ts'
import { random } from './random-tensor.ts'

const squareWithSlope = (factor: number) => (x: Value) =>
  compute({
    op: 'Mul',
    inputs: [x, x],
    outputs: [x],
    gradient: (_, [dy]) => [mul(dy!, mul(x, factor))],
  })[0]!

test.each(['float32', 'float64'] as const)(
  'a rule that is 1 % off is found out in %s',
  async (dtype) => {
    const at = { x: random(dtype, [2, 3], rngFromSeed(1)) }
    await checkGradient({ at, of: ({ x }) => squareWithSlope(2)(x!) })
    await expect(checkGradient({ at, of: ({ x }) => squareWithSlope(2.02)(x!) })).rejects.toThrow(
      /gradient by x\[\d\]: got/,
    )
  },
)
