import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { conv } from '../operators/index.ts'
import type { Value } from '../value.ts'
import { assertChannelsLast, type Call, operand } from './call.ts'
import { fusedInto } from './fused.ts'
import { picture, type Traced } from './layout.ts'
import { windowOf } from './window.ts'

/** A convolution with its filter [kH, kW, I, O], and what is fused into it. */
export function convertConvolution(call: Call): Traced {
  const filter = filterOf(call)
  return convolved(call, call.layouts.arranged(filter, [3, 2, 0, 1]), 1)
}

/** A convolution of each channel on its own with M filters [kH, kW, C, M], and what is fused into it. */
export function convertDepthwise(call: Call): Traced {
  const filter = filterOf(call)
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number]
  const shape = [channels * multiplier, 1, height, width]
  return convolved(call, call.layouts.arranged(filter, [2, 3, 0, 1], shape), channels)
}

function filterOf(call: Call): Value {
  const filter = call.layouts.asPlain(operand(call, 1))
  if (filter.shape.length !== 4 || filter.shape.includes(0))
    throw shapeError(`its filter is ${formatShape(filter.shape)}, wanted four axes`)
  return filter
}

/** @param weight [O, I / groups, kH, kW] */
function convolved(call: Call, weight: Value, groups: number): Traced {
  assertChannelsLast(call)
  const { layouts } = call
  const x = layouts.asPicture(operand(call, 0))
  const [outputs, , kernelH, kernelW] = weight.shape
  const window = windowOf(call, [x.shape[2]!, x.shape[3]!], [kernelH!, kernelW!])
  const { bias, activate } = fusedInto(call, layouts.asPicture)
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs))
    throw shapeError(`its bias is ${formatShape(bias.shape)}, wanted [${outputs}]`)
  const product = conv(x, weight, { ...window, groups, ...(bias === undefined ? {} : { bias }) })
  return picture(activate(product))
}
