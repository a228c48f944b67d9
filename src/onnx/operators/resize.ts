import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { ints, text } from '../attribute.ts'
import { apply, integers, type Value } from '../value.ts'

/** Where the places of a resized axis lie on the old one; see ONNX's Resize. */
export type ResizeCoordinates =
  | 'half_pixel'
  | 'pytorch_half_pixel'
  | 'align_corners'
  | 'asymmetric'
  | 'half_pixel_symmetric'

/** How {@link resize} finds the values in between. */
export interface ResizeOptions {
  /** Default `nearest`. */
  readonly mode?: 'nearest' | 'linear' | 'cubic'
  /** Default: as in PyTorch, `asymmetric` for nearest, else `half_pixel`. */
  readonly coordinates?: ResizeCoordinates
  /** Which of two neighbours is the nearest; default `floor`, as in PyTorch. */
  readonly nearest?: 'floor' | 'ceil' | 'round_prefer_floor' | 'round_prefer_ceil'
}

/**
 * Larger or smaller axes behind [N, C], by interpolation (no smoothing). [N, C, ...] → [N, C, ...sizes].
 * @throws Shape when there is not one size for each axis behind [N, C]
 */
export function resize(
  x: Value,
  sizes: readonly number[],
  { mode = 'nearest', coordinates, nearest = 'floor' }: ResizeOptions = {},
): Value {
  if (sizes.length + 2 !== x.shape.length || !sizes.every((size) => size > 0))
    throw shapeError(
      `Resize: sizes ${formatShape(sizes)} do not fit ${formatShape(x.shape)}; wanted one size for each axis behind [N, C]`,
    )
  return apply(
    'Resize',
    [x, null, null, integers(sizes)],
    { dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...sizes] },
    {
      mode: text(mode),
      coordinate_transformation_mode: text(
        coordinates ?? (mode === 'nearest' ? 'asymmetric' : 'half_pixel'),
      ),
      nearest_mode: text(nearest),
      axes: ints(sizes.map((_, i) => i + 2)),
    },
  )
}
