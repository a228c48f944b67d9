import { shapeError } from '../../core/index.ts'
import { formatShape, sameShape } from '../../tensor/index.ts'
import { float, int } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

/** What {@link rmsNormalization} does besides. */
export interface RmsNormalizationOptions {
  /** [shape of x from the axis on] */
  readonly scale: Value
  /** The first of the axes that are normalised together; default: the last. */
  readonly axis?: number
  readonly epsilon?: number
}

/** What {@link layerNormalization} does besides. */
export interface LayerNormalizationOptions extends RmsNormalizationOptions {
  /** [shape of x from the axis on] */
  readonly shift?: Value
}

function normalized(op: string, x: Value, options: LayerNormalizationOptions): Value {
  const { scale, shift, axis = -1, epsilon = 1e-5 } = options
  const first = normalizeAxis(op, axis, x.shape.length)
  const wanted = x.shape.slice(first)
  for (const [name, value] of Object.entries({ scale, shift }))
    if (value !== undefined && !sameShape(value.shape, wanted))
      throw shapeError(
        `${op}: ${name} has shape ${formatShape(value.shape)}, it must have that of the normalised axes ${formatShape(wanted)}`,
      )
  return apply(op, shift === undefined ? [x, scale] : [x, scale, shift], x, {
    axis: int(first),
    epsilon: float(epsilon),
  })
}

/**
 * scale · (x − μ) / √(σ² + ε) + shift, μ and σ² over the axes from `axis` on. [..., D] → [..., D].
 * @throws Shape when scale or shift has not the shape of those axes
 * @see Ba et al. 2016
 */
export const layerNormalization = (x: Value, options: LayerNormalizationOptions): Value =>
  normalized('LayerNormalization', x, options)

/**
 * scale · x / √(mean x² + ε), the mean over the axes from `axis` on. [..., D] → [..., D].
 *
 * The operator set has it as RMSNormalization from 23 on; onnxruntime always had it under another name.
 * @throws Shape when scale has not the shape of those axes
 * @see Zhang and Sennrich 2019
 */
export const rmsNormalization = (x: Value, options: RmsNormalizationOptions): Value =>
  normalized('SimplifiedLayerNormalization', x, options)
