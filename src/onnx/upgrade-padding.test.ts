import { test } from 'vitest'
import { weight } from '../../tests/support/model-bytes.ts'
import { expectSameAsOld, ints, type Old, text } from '../../tests/support/old-model.ts'

const kernel = weight({
  name: 'kernel',
  dims: [1n, 2n, 3n, 2n],
  floatData: Array.from({ length: 12 }, (_, i) => i - 5),
})
const same = (mode: string, ...more: NonNullable<Old['attributes']>) => [
  text('auto_pad', mode),
  ...more,
]

const windows = ['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((mode): Old[] => [
  {
    op: 'Conv',
    opset: 11,
    shape: [1, 2, 7, 6],
    attributes: same(mode, ints('strides', 2, 1)),
    more: [kernel],
  },
  {
    op: 'Conv',
    opset: 11,
    shape: [1, 2, 8, 8],
    attributes: same(mode, mode === 'VALID' ? ints('dilations', 2, 1) : ints('strides', 3, 2)),
    more: [kernel],
  },
  ...['MaxPool', 'AveragePool', 'LpPool'].map((op) => ({
    op,
    opset: 11,
    shape: [1, 2, 5, 6],
    attributes: same(mode, ints('kernel_shape', 3, 2), ints('strides', 2, 2)),
    // the kernel of the newer operator set adds up in another order
    ...(op === 'AveragePool' ? { tolerance: 1e-6 } : {}),
  })),
])

/** Geometries of a transposed convolution of [1, 1, H, W] with a kernel of 3 x 2. */
const transposed: [Old['attributes'], number[]][] = [
  [same('SAME_UPPER'), [3, 4]],
  [same('SAME_LOWER'), [3, 4]],
  [same('SAME_UPPER', ints('strides', 2, 3)), [4, 3]],
  [same('SAME_LOWER', ints('strides', 2, 1)), [4, 3]],
  [same('VALID', ints('strides', 2, 1)), [2, 2]],
  [
    [ints('output_shape', 6, 5), ints('strides', 2, 2)],
    [3, 3],
  ],
  [same('SAME_UPPER', ints('output_shape', 6, 5), ints('strides', 2, 2)), [3, 3]],
  // larger than all that the kernel reaches
  [
    [ints('output_shape', 8, 7), ints('strides', 2, 2), ints('output_padding', 1, 0)],
    [3, 3],
  ],
]

const olds = [
  ...windows,
  ...transposed.map(
    ([attributes, size]): Old => ({
      op: 'ConvTranspose',
      opset: 11,
      shape: [1, 1, ...size],
      attributes: attributes!,
      more: [kernel],
    }),
  ),
]
test.each(olds)('$op on $shape with $attributes computes what it did', expectSameAsOld)
