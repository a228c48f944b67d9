import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { test } from 'vitest'
import { weight } from '../../tests/support/model-bytes.ts'
import { expectRefused, expectSameAsOld, type Old, text } from '../../tests/support/old-model.ts'

const scales = (...floatData: number[]) =>
  weight({ name: 'scales', dims: [BigInt(floatData.length)], floatData })

const olds: Old[] = [
  { op: 'Upsample', opset: 9, shape: [1, 2, 2, 3], more: [scales(1, 1, 2, 1.5)] },
  {
    op: 'Upsample',
    opset: 8,
    shape: [1, 1, 3, 2],
    attributes: [
      text('mode', 'linear'),
      { name: 'scales', type: Kind.FLOATS, floats: [1, 1, 2, 3] },
    ],
  },
  ...['nearest', 'linear'].flatMap((mode) =>
    [
      [0.5, 2],
      [0.6, 0.4],
      [1.7, 3.2],
    ].map(
      (factors): Old => ({
        op: 'Resize',
        opset: 10,
        shape: [1, 1, 8, 6],
        attributes: [text('mode', mode)],
        more: [scales(1, 1, ...factors)],
      }),
    ),
  ),
  {
    op: 'Resize',
    opset: 11,
    shape: [1, 1, 4, 4],
    attributes: [text('mode', 'cubic'), text('coordinate_transformation_mode', 'half_pixel')],
    more: [
      weight({ name: 'roi', dims: [0n] }),
      scales(),
      weight({ name: 'sizes', dataType: Type.INT64, dims: [4n], int64Data: [1n, 1n, 3n, 7n] }),
    ],
  },
]
test.each(olds)('$op of operator set $opset with $attributes computes what it did', expectSameAsOld)

const refused: [Old, RegExp][] = [
  [
    { op: 'Resize', opset: 10, shape: [1, 1, 5, 2], more: [scales(1, 1, 0.6, 2)] },
    /Resize of operator set 10 that enlarges one axis and shrinks another/,
  ],
  [
    {
      op: 'Resize',
      opset: 11,
      shape: [1, 1, 2, 2],
      attributes: [text('coordinate_transformation_mode', 'tf_half_pixel_for_nn')],
    },
    /tf_half_pixel_for_nn is not read/,
  ],
]
test.each(refused)('what has no equal is refused: %o', expectRefused)
