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
import { alongAxes, type Matrix } from './along-axes.ts'
import { globalMaxPoolRule, maxPoolRule } from './max-pool.ts'
import { areTiles, windowsAlong } from './windows.ts'

/** A mean over windows is linear, axis by axis: the gradient is the product with the transposes. */
const averagePoolRule: GradientRule = (node, [dy]) => {
  const { shape } = node.inputs[0]!
  const kernel = intsOf(node.attributes, 'kernel_shape', [])
  const whole = kernel.every((size, i) => size * dy!.shape[i + 2]! === shape[i + 2])
  if (whole && areTiles(node)) return [resize(mul(dy!, 1 / sizeOf(kernel)), shape.slice(2))]
  const padded = intOf(node.attributes, 'count_include_pad', 0) === 1
  const pads = intsOf(node.attributes, 'pads', [])
  const share = (i: number): Matrix => {
    const places = shape[i + 2]!
    const [before = 0, behind = 0] = [pads[i], pads[i + kernel.length]]
    const [low, high] = padded ? [-before, places + behind] : [0, places]
    return spread(node, i, (taps) => 1 / taps.filter((tap) => tap >= low && tap < high).length)
  }
  return [
    spreadAlong(
      dy!,
      kernel.map((_, i) => share(i)),
    ),
  ]
}

/** y = (Σ |x|ᵖ)^(1/p) over windows: dx = sign x · |x|^(p−1) · Σ dy · y^(1−p), 0 where y is. */
const lpPoolRule: GradientRule = (node, [dy]) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!]
  const p = intOf(node.attributes, 'p', 2)
  const once = intsOf(node.attributes, 'kernel_shape', []).map((_, i) => spread(node, i, () => 1))
  if (p === 1) return [mul(sign(x), spreadAlong(dy!, once))]
  const share = div(dy!, where(equal(y, 0), 1, p === 2 ? y : pow(y, p - 1)))
  return [mul(p === 2 ? x : mul(sign(x), pow(abs(x), p - 1)), spreadAlong(share, once))]
}

/** Every matrix along its axis behind [N, C]. */
const spreadAlong = (dy: Value, matrices: readonly Matrix[]): Value =>
  alongAxes(dy, [undefined, undefined, ...matrices])

/** How much of each window along the i-th axis behind [N, C] goes to each place. [places, windows] */
function spread(node: Node, i: number, part: (taps: readonly number[]) => number): Matrix {
  const windows = windowsAlong(node, i)
  return Array.from({ length: node.inputs[0]!.shape[i + 2]! }, (_, place) =>
    windows.map((taps) => (taps.includes(place) ? part(taps) : 0)),
  )
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
