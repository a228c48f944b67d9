import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { int, text } from '../attribute.ts'
import { apply, type Value } from '../value.ts'

/**
 * Channels spread over squares of places (pixel shuffle). [N, C B², H, W] → [N, C, H B, W B].
 * @param mode where the channels of a square lie: C apart (`DCR`) or side by side (`CRD`, as in PyTorch)
 * @throws Shape when the channels are no multiple of B²
 */
export function depthToSpace(x: Value, block: number, mode: 'DCR' | 'CRD' = 'DCR'): Value {
  const [n, depth, h, w] = x.shape
  const channels = depth! / block ** 2
  if (x.shape.length !== 4 || !Number.isInteger(channels))
    throw shapeError(
      `DepthToSpace: ${formatShape(x.shape)} has no squares of ${block} x ${block}; wanted [N, C · ${block ** 2}, H, W]`,
    )
  const shape = [n!, channels, h! * block, w! * block]
  const attributes = { blocksize: int(block), mode: text(mode) }
  return apply('DepthToSpace', [x], { dtype: x.dtype, shape }, attributes)
}

/**
 * Squares of places gathered in channels, C apart. [N, C, H B, W B] → [N, B² C, H, W].
 * @throws Shape when height or width is no multiple of B
 */
export function spaceToDepth(x: Value, block: number): Value {
  const [n, c, ...places] = x.shape
  const sizes = places.map((size) => size / block)
  if (sizes.length !== 2 || !sizes.every(Number.isInteger))
    throw shapeError(
      `SpaceToDepth: ${formatShape(x.shape)} does not consist of squares of ${block} x ${block}`,
    )
  const shape = [n!, c! * block ** 2, ...sizes]
  return apply('SpaceToDepth', [x], { dtype: x.dtype, shape }, { blocksize: int(block) })
}
