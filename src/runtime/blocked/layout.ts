import { int, reshape, transpose, type Value } from '../../onnx/index.ts'
import type { Shape } from '../../tensor/index.ts'
import { nchwc } from './nchwc.ts'

/**
 * How a Value of four axes lies in memory, B channels to a block:
 *
 * - plain: as ONNX says
 * - channels: [N, C/B, H, W, B]
 * - weights: [O/B, C/B, kH, kW, B of C, B of O]
 */
export type Layout = 'plain' | 'channels' | 'weights'

/** The shape under which a Value of four axes is kept in a layout. */
export function shapeIn(layout: Layout, [n, c, h, w]: Shape, block: number): Shape {
  switch (layout) {
    case 'plain':
      return [n!, c!, h!, w!]
    case 'channels':
      return [n!, c! / block, h!, w!, block]
    case 'weights':
      return [n! / block, c! / block, h!, w!, block, block]
  }
}

/** A plain Value in another layout. */
export function fromPlain(x: Value, layout: Layout, block: number): Value {
  const shape = shapeIn(layout, x.shape, block)
  const [n, c, h, w] = x.shape as [number, number, number, number]
  if (layout === 'plain') return x
  // one place: both orders are the same
  if (layout === 'channels' && h * w === 1) return reshape(x, shape)
  // the runtime's own operators know float32 alone
  if (x.dtype !== 'float32')
    return layout === 'channels'
      ? transpose(reshape(x, [n, c / block, block, h, w]), [0, 1, 3, 4, 2])
      : transpose(reshape(x, [n / block, block, c / block, block, h, w]), [0, 2, 4, 5, 3, 1])
  if (layout === 'channels') return reshape(nchwc('ReorderInput', [x], x.shape), shape)
  const blocks = transpose(reshape(x, [n, c / block, block, h * w]), [0, 1, 3, 2])
  const row = reshape(h * w === 1 ? x : blocks, [1, n, 1, c * h * w])
  return reshape(nchwc('ReorderInput', [row], row.shape), shape)
}

/**
 * A Value in some layout as a plain one.
 * @param shape [N, C, H, W], its plain shape
 */
export function toPlain(x: Value, layout: Layout, shape: Shape): Value {
  const [n, c, h, w] = shape as [number, number, number, number]
  const block = x.shape.at(-1)!
  if (layout === 'plain') return x
  if (layout === 'channels') {
    if (h * w === 1) return reshape(x, shape)
    if (x.dtype !== 'float32') return reshape(transpose(x, [0, 1, 4, 2, 3]), shape)
    return nchwc('ReorderOutput', [reshape(x, shape)], shape, { channels: int(c) })
  }
  if (x.dtype !== 'float32') return reshape(transpose(x, [0, 5, 1, 4, 2, 3]), shape)
  const row = [1, n, 1, c * h * w]
  const ordered = nchwc('ReorderOutput', [reshape(x, row)], row, { channels: int(n) })
  if (h * w === 1) return reshape(ordered, shape)
  const blocks = reshape(ordered, [n, c / block, h * w, block])
  return reshape(transpose(blocks, [0, 1, 3, 2]), shape)
}
