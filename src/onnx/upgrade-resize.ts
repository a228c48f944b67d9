import { unsupportedOp } from '../core/index.ts'
import { tensor } from '../tensor/index.ts'
import { text, textOf } from './attribute.ts'
import type { Applied } from './upgrade-composed.ts'
import { constant, contentOf, elements, type Value } from './value.ts'

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

/** Resize as of operator set 13, where what is not wanted is left out. */
export function resize(node: Applied, opset: number): Applied {
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
  if (textOf(node.attributes, 'coordinate_transformation_mode', '') === 'tf_half_pixel_for_nn')
    throw unsupportedOp(
      'Resize with tf_half_pixel_for_nn is not read; export the model for operator set 13 or later',
    )
  return { ...node, inputs: inputs.slice(0, sizes == null ? 3 : 4) }
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
