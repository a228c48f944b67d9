import {
  abs,
  div,
  equal,
  expand,
  type GradientRule,
  intOf,
  intsOf,
  mul,
  type Node,
  pow,
  resize,
  sign,
  type Value,
  where,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { globalMaxPoolRule, maxPoolRule } from './max-pool.ts'
import { unmixed } from './mixture.ts'
import { areTiles, windowsAlong } from './windows.ts'

/** The mean over a window is the mean of means along its axes; where windows are tiles, it is repeated. */
const averagePoolRule: GradientRule = (node, [dy]) => {
  const { shape } = node.inputs[0]!
  const kernel = intsOf(node.attributes, 'kernel_shape', [])
  const whole = kernel.every((size, i) => size * dy!.shape[i + 2]! === shape[i + 2])
  if (whole && areTiles(node)) return [resize(mul(dy!, 1 / sizeOf(kernel)), shape.slice(2))]
  const padded = intOf(node.attributes, 'count_include_pad', 0) === 1
  const pads = intsOf(node.attributes, 'pads', [])
  return [
    spread(node, dy!, (taps, i) => {
      const [before = 0, behind = 0] = padded ? [pads[i], pads[i + kernel.length]] : []
      const end = shape[i + 2]! + behind
      return 1 / taps.filter((place) => place >= -before && place < end).length
    }),
  ]
}

/** y = (Σ |x|ᵖ)^(1/p) over windows: dx = sign x · |x|^(p−1) · Σ dy · y^(1−p), 0 where y is. */
const lpPoolRule: GradientRule = (node, [dy]) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!]
  const p = intOf(node.attributes, 'p', 2)
  const sums = (v: Value): Value => spread(node, v, () => 1)
  if (p === 1) return [mul(sign(x), sums(dy!))]
  const share = div(dy!, where(equal(y, 0), 1, p === 2 ? y : pow(y, p - 1)))
  return [mul(p === 2 ? x : mul(sign(x), pow(abs(x), p - 1)), sums(share))]
}

/** The value of each window added to the places that it covers, a part of it along each axis. */
function spread(
  node: Node,
  value: Value,
  part: (taps: readonly number[], i: number) => number,
): Value {
  const { shape } = node.inputs[0]!
  const mixtures = shape.slice(2).map((size, i) =>
    windowsAlong(node, i).map((taps) => {
      const weight = part(taps, i)
      const inside = taps.filter((place) => place >= 0 && place < size)
      return inside.map((place) => ({ place, weight }))
    }),
  )
  return unmixed(value, shape, [undefined, undefined, ...mixtures])
}

/** Rules of pooling. */
export const poolingRules: Readonly<Record<string, GradientRule>> = {
  MaxPool: maxPoolRule,
  AveragePool: averagePoolRule,
  LpPool: lpPoolRule,
  GlobalAveragePool: (node, [dy]) => {
    const { shape } = node.inputs[0]!
    return [expand(mul(dy!, 1 / sizeOf(shape.slice(2))), shape)]
  },
  GlobalMaxPool: globalMaxPoolRule,
}
