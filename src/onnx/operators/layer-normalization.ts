import { shapeError } from '../../core/index.ts'
import { formatShape, sameShape } from '../../tensor/index.ts'
import { float, int } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

/** What {@link layerNormalization} does besides. */
export interface LayerNormalizationOptions {
  /** [shape of x from the axis on] */
  readonly scale: Value
  /** [shape of x from the axis on] */
  readonly shift?: Value
  /** The first of the axes that are normalised together; default: the last. */
  readonly axis?: number
  readonly epsilon?: number
}

/**
 * scale · (x − μ) / √(σ² + ε) + shift, μ and σ² over the axes from `axis` on. [..., D] → [..., D].
 * @throws Shape when scale or shift has not the shape of those axes
 * @see Ba et al. 2016
 */
export function layerNormalization(x: Value, options: LayerNormalizationOptions): Value {
  const { scale, shift, axis = -1, epsilon = 1e-5 } = options
  const first = normalizeAxis('LayerNormalization', axis, x.shape.length)
  const normalized = x.shape.slice(first)
  for (const [name, value] of Object.entries({ scale, shift }))
    if (value !== undefined && !sameShape(value.shape, normalized))
      throw shapeError(
        `LayerNormalization: ${name} has shape ${formatShape(value.shape)}, it must have that of the normalised axes ${formatShape(normalized)}`,
      )
  return apply('LayerNormalization', shift === undefined ? [x, scale] : [x, scale, shift], x, {
    axis: int(first),
    epsilon: float(epsilon),
  })
}
