import fc from 'fast-check'
import { test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { compute, conv1d, type Value } from '../onnx/index.ts'
import { convolutionRules } from './convolution.ts'
import { orOneDimensional } from './one-dimensional.ts'

const upTo = (max: number, min = 1) => fc.integer({ min, max })

/** A convolution over one axis that brings the rule for two. */
function lifted(y: Value): Value {
  if (y.kind !== 'computed') return y
  const { op, inputs, attributes, outputs } = y.node
  const gradient = orOneDimensional(convolutionRules.Conv!)
  return compute({ op, inputs, attributes, outputs, gradient })[0]!
}

test('Conv over one axis: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .record({
          groups: upTo(2),
          length: upTo(8),
          kernel: upTo(3),
          stride: upTo(3),
          dilation: upTo(2),
          pads: fc.tuple(upTo(2, 0), upTo(2, 0)),
          seed: fc.integer(),
        })
        .filter(
          ({ length, kernel, dilation, pads }) =>
            length + pads[0] + pads[1] > dilation * (kernel - 1),
        ),
      async ({ length, kernel, seed, ...window }) => {
        const rng = rngFromSeed(seed)
        const channels = 2 * window.groups
        await checkGradient({
          at: {
            x: random('float32', [2, channels, length], rng),
            w: random('float32', [channels, 2, kernel], rng),
            bias: random('float32', [channels], rng),
          },
          of: ({ x, w, bias }) => lifted(conv1d(x!, w!, { ...window, bias: bias! })),
          step: 0.5,
          tolerance: 2e-5,
        })
      },
    ),
    { numRuns: 30 },
  ))
