import { expand, int, type Node, reshape, scalar, slice, type Value } from '../../onnx/index.ts'
import { type Shape, sizeOf } from '../../tensor/index.ts'
import type { Eligible } from './eligible.ts'
import { interleaved } from './interleaved.ts'
import { shapeIn } from './layout.ts'
import { blockedConv } from './lower-convolution.ts'
import { nchwc } from './nchwc.ts'
import { type PhasedAxis, phasesOf } from './phases.ts'
import type { Places } from './places.ts'
import { rowsOf } from './rows.ts'

/**
 * The gradient of a convolution's input. With stride s the places r, r + s, r + 2s, ... of an axis
 * see the taps r, r + s, ... of the kernel alone, so each of these phases is a convolution of dY, of stride 1,
 * with those taps turned by 180°; then the phases are interleaved.
 */
export function lowerInputGradient(node: Node, { window }: Eligible, places: Places): Value {
  const [dy, weight] = node.inputs as [Value, Value]
  const [{ shape }] = node.outputs as [Value]
  const [n, c, h, w] = shape as [number, number, number, number]
  const tiles = swapped(places.in('weights', weight))
  const [rows, columns] = [0, 1].map((axis) => phasesOf({ node, window, axis })) as [
    PhasedAxis,
    PhasedAxis,
  ]
  const made = rows.phases.map((row) =>
    columns.phases.map((column) => {
      const size = [n, c, rows.size, columns.size]
      if (row.taps.length === 0 || column.taps.length === 0)
        return expand(scalar(0), shapeIn('channels', size, places.block))
      return blockedConv(
        {
          x: places.in('channels', dy),
          inputShape: dy.shape,
          weight: turned(tiles, weight.shape, [row.taps, column.taps]),
          weightShape: [c, weight.shape[0]!, row.taps.length, column.taps.length],
          window: {
            strides: [1, 1],
            dilations: window.strides.some((s) => s > 1) ? [1, 1] : window.dilations,
            pads: [row.before, column.before, row.after, column.after],
          },
          shape: size,
        },
        places.block,
      )
    }),
  )
  const whole = interleaved(made)
  const [top, left] = [window.pads[0] - rows.start, window.pads[1] - columns.start]
  if (whole.shape[2] === h && whole.shape[3] === w) return whole
  return slice(whole, [
    { axis: 2, start: top, end: top + h },
    { axis: 3, start: left, end: left + w },
  ])
}

/** [O/B, C/B, kH, kW, B of C, B of O] → [O/B · C/B · kH · kW, B of O · B of C] */
function swapped(weight: Value): Value {
  const block = weight.shape.at(-1)!
  const tiles = sizeOf(weight.shape) / (block * block)
  const pictures = reshape(weight, [tiles, block, 1, block])
  const swapped = nchwc('ReorderOutput', [pictures], pictures.shape, { channels: int(block) })
  return reshape(swapped, [tiles, block * block])
}

/** Some taps of weights whose tiles are swapped, turned by 180°: [C/B, O/B, rows, columns, B of O, B of C] */
function turned(
  tiles: Value,
  [o, c, h, w]: Shape,
  [rows, columns]: readonly [readonly number[], readonly number[]],
): Value {
  const area = tiles.shape[1]!
  const block = Math.sqrt(area)
  const [outer, inner] = [o! / block, c! / block]
  const order: number[] = []
  for (let i = 0; i < inner; i++)
    for (let j = 0; j < outer; j++)
      for (const y of rows.toReversed())
        for (const x of columns.toReversed()) order.push(((j * inner + i) * h! + y) * w! + x)
  return rowsOf(tiles, order)
}
