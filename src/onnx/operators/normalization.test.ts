import { expect, test } from 'vitest'
import { input, type Value } from '../value.ts'
import * as o from './index.ts'

const x = input('x', [2, 3, 4])
const three = input('three', [3])
const mistakes: [string, () => Value, RegExp][] = [
  [
    'a scale of another size',
    () => o.layerNormalization(x, { scale: input('scale', [3]) }),
    /LayerNormalization: scale has shape \[3\], it must have that of the normalised axes \[4\]/,
  ],
  [
    'a shift of the last axis alone',
    () =>
      o.layerNormalization(x, {
        scale: input('scale', [3, 4]),
        shift: input('shift', [4]),
        axis: 1,
      }),
    /LayerNormalization: shift has shape \[4\].*\[3, 4\]/,
  ],
  [
    'a scale of the places',
    () => o.instanceNormalization(x, { scale: input('scale', [4]), shift: input('shift', [3]) }),
    /InstanceNormalization: scale has shape \[4\].*each of the 3 channels/,
  ],
  [
    'groups that do not divide',
    () => o.groupNormalization(x, { groups: 2, scale: three, shift: three }),
    /GroupNormalization: 2 groups do not divide 3 channels/,
  ],
  [
    'groups of nothing',
    () => o.groupNormalization(three, { groups: 1, scale: three, shift: three }),
    /GroupNormalization: the input has shape \[3\], it must be \[N, C, ...\]/,
  ],
  ['an axis too many', () => o.softmax(x, 3), /Softmax: axis 3 is outside a shape of 3 axes/],
  ['an axis too low', () => o.logSoftmax(x, -4), /LogSoftmax: axis -4 is outside/],
]
test.each(mistakes)('%s is refused', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})
