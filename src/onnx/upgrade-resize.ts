import { unsupportedOp } from '../core/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { int, text, textOf } from './attribute.ts'
import { reshape, shapeOf, slice } from './operators/index.ts'
import type { Applied } from './upgrade-composed.ts'
import { apply, compute, constant, contentOf, elements, type Value } from './value.ts'

/** Upsample, which never shrinks: Resize on a grid that begins at the first place. */
export function upsample({ inputs, attributes }: Applied): Applied {
  const [x, scales] = inputs
  const mode = attributes.mode ?? text('nearest')
  return {
    op: 'Resize',
    inputs: [x!, null, scales ?? scalesOf(attributes)],
    attributes: { mode, ...firstOnFirst('floor') },
  }
}

/**
 * Resize as of operator set 13, where what is not wanted is left out.
 * @param shape of the output
 */
export function resize(node: Applied, opset: number, shape: Shape): Applied | Value {
  const [x, roi, scales, sizes] = node.inputs
  if (opset < 11) {
    const given = roi!
    return {
      ...node,
      inputs: [x!, null, given],
      attributes: { ...node.attributes, ...firstOnFirst(rounding(given)) },
    }
  }
  const wanted = (list: Value | null | undefined): Value | null =>
    list == null || elements(list) === 0 ? null : list
  const inputs = [x!, wanted(roi), wanted(scales), wanted(sizes)]
  const grid = textOf(node.attributes, 'coordinate_transformation_mode', 'half_pixel')
  if (grid === 'tf_half_pixel_for_nn')
    throw unsupportedOp(
      'Resize with tf_half_pixel_for_nn is not read; export the model for operator set 13 or later',
    )
  const now = { ...node, inputs: inputs.slice(0, sizes == null ? 3 : 4) }
  const asPicture =
    x!.shape.length === 4 &&
    shape[1] === x!.shape[1] &&
    grid !== 'tf_crop_and_resize' &&
    node.attributes.axes === undefined
  return textOf(node.attributes, 'mode', '') === 'cubic' && asPicture ? apart(now, shape) : now
}

/**
 * Each channel resized as a picture of its own. Between two Transposes, where the position tables of
 * transformers are resized, onnxruntime would move the channels to the end and then find that its
 * kernel cannot do that.
 */
function apart({ op, inputs, attributes }: Applied, shape: Shape): Value {
  const [x, , scales, sizes] = inputs as [Value, null, Value | null, Value | null | undefined]
  const single = reshape(x, [-1, 1, 0, 0])
  const [height, width] = shape.slice(2) as [number, number]
  const resized = { dtype: x.dtype, shape: [single.shape[0]!, 1, height, width] }
  const goal = sizes == null ? [] : [sizesOf(single, sizes, resized.shape)]
  const channels = apply(op, [single, null, scales, ...goal], resized, attributes)
  return reshape(channels, [-1, x.shape[1]!, 0, 0])
}

/** The first two sizes of a Value, then the last two that were wanted. */
function sizesOf(x: Value, wanted: Value, sizes: Shape): Value {
  const inputs = [
    slice(shapeOf(x), [{ axis: 0, start: 0, end: 2 }]),
    slice(wanted, [{ axis: 0, start: 2, end: 4 }]),
  ]
  const known = [BigInt64Array.from(sizes, BigInt)]
  const outputs = [{ dtype: wanted.dtype, shape: [4] }]
  return compute({ op: 'Concat', inputs, attributes: { axis: int(0) }, outputs, known })[0]!
}

const firstOnFirst = (nearest: 'floor' | 'ceil') => ({
  coordinate_transformation_mode: text('asymmetric'),
  nearest_mode: text(nearest),
})

/**
 * The nearest place in operator set 10: the one before on axes that grow, the one behind on axes
 * that shrink, which are the same for shrinking by a whole number.
 */
function rounding(scales: Value): 'floor' | 'ceil' {
  const factors = Array.from<number | bigint, number>(contentOf(scales) ?? [NaN], Number)
  if (factors.every((factor) => factor <= 1)) return 'ceil'
  if (factors.every((factor) => factor >= 1 || Number.isInteger(1 / factor))) return 'floor'
  throw unsupportedOp(
    'Resize of operator set 10 that enlarges one axis and shrinks another is not read; export the model for operator set 11 or later',
  )
}

function scalesOf({ scales }: Applied['attributes']): Value {
  const values = Float32Array.from(scales?.type === 'floats' ? scales.value : [])
  return constant(tensor('float32', [values.length], values))
}
