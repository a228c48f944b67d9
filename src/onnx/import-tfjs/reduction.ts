import { argMax, cast, normalizeAxis, type reduceMean, softmax } from '../operators/index.ts'
import { flag } from './attributes.ts'
import { type Call, numbersOf, operand } from './call.ts'
import { channelsFirstAxis, plain, type Traced } from './layout.ts'

/** Mean or sum over the axes of the second input. */
export const convertReduction =
  (reduce: typeof reduceMean) =>
  (call: Call): Traced => {
    const traced = operand(call, 0)
    const rank = traced.value.shape.length
    const axes = numbersOf(call, 1).map((axis) => normalizeAxis('Reduce', axis, rank))
    const keepAxes = flag(call.node.attr, 'keep_dims')
    // over the places of a picture, what is left has the same order in either layout
    const places = axes.length === 2 && axes.includes(1) && axes.includes(2)
    if (!traced.channelsFirst || !(keepAxes || places))
      return plain(reduce(call.layouts.asPlain(traced), { axes, keepAxes }))
    const value = reduce(traced.value, { axes: axes.map(channelsFirstAxis), keepAxes })
    return { value, channelsFirst: keepAxes }
  }

/** Softmax over the last axis. */
export function convertSoftmax(call: Call): Traced {
  const { value, channelsFirst } = operand(call, 0)
  return { value: softmax(value, channelsFirst ? 1 : -1), channelsFirst }
}

/** Where the maximum along an axis is; of equal ones the first. */
export function convertArgMax(call: Call): Traced {
  const x = call.layouts.asPlain(operand(call, 0))
  const [axis = 0] = numbersOf(call, 1)
  return plain(cast(argMax(x, { axis }), 'int32'))
}
