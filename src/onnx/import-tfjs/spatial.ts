import { invalidInput } from '../../core/index.ts'
import {
  type averagePool,
  cast,
  depthToSpace,
  type maxPool,
  pad,
  resize,
} from '../operators/index.ts'
import { flag, intAttribute, intsAttribute } from './attributes.ts'
import { assertChannelsLast, type Call, numbersOf, operand } from './call.ts'
import { channelsFirstAxis, picture, type Traced } from './layout.ts'
import { spatial, windowOf } from './window.ts'

/** Maximum or mean over windows of a picture; padding takes no part in either. */
export const convertPool =
  (pool: typeof maxPool | typeof averagePool) =>
  (call: Call): Traced => {
    assertChannelsLast(call)
    const x = call.layouts.asPicture(operand(call, 0))
    const kernel = spatial(intsAttribute(call.node.attr, 'ksize'), 'ksize')
    return picture(pool(x, kernel, windowOf(call, [x.shape[2]!, x.shape[3]!], kernel)))
  }

/** A picture enlarged or shrunk bilinearly to a size [height, width]. */
export function convertResize(call: Call): Traced {
  const { attr } = call.node
  const x = call.layouts.asPicture(operand(call, 0))
  const sizes = numbersOf(call, 1)
  const halfPixel = flag(attr, 'half_pixel_centers') ? 'half_pixel' : 'asymmetric'
  const coordinates = flag(attr, 'align_corners') ? 'align_corners' : halfPixel
  return picture(resize(cast(x, 'float32'), sizes, { mode: 'linear', coordinates }))
}

/** Channels beside one another as places. */
export function convertDepthToSpace(call: Call): Traced {
  assertChannelsLast(call)
  const block = intAttribute(call.node.attr, 'block_size', 0)
  if (block < 1) throw invalidInput(`its block_size is ${block}, wanted 1 or more`)
  return picture(depthToSpace(call.layouts.asPicture(operand(call, 0)), block))
}

/** Zeros around the axes; paddings are [[before, after], ...]. */
export function convertPad(call: Call): Traced {
  const { value, channelsFirst } = operand(call, 0)
  const paddings = numbersOf(call, 1)
  const rank = value.shape.length
  if (paddings.length !== 2 * rank || paddings.some((size) => size < 0))
    throw invalidInput(
      `its paddings are [${paddings.join(', ')}], wanted two that are not negative for each of ${rank} axes`,
    )
  const placed = (which: 0 | 1) => {
    const pads = value.shape.map(() => 0)
    value.shape.forEach((_, axis) => {
      pads[channelsFirst ? channelsFirstAxis(axis) : axis] = paddings[2 * axis + which]!
    })
    return pads
  }
  return { value: pad(value, placed(0), placed(1)), channelsFirst }
}
