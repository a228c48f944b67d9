import { expand, type GradientRule, intOf, intsOf, mul, type Node } from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { alongAxis, type Matrix } from './along-axes.ts'
import { globalMaxPoolRule, maxPoolRule } from './max-pool.ts'
import { windowsAlong } from './windows.ts'

/** A mean over windows is linear, axis by axis: the gradient is the product with the transposes. */
const averagePoolRule: GradientRule = (node, [dy]) => {
  let dx = dy!
  for (let i = dx.shape.length - 3; i >= 0; i--) dx = alongAxis(dx, i + 2, shares(node, i))
  return [dx]
}

/** The share of each place along the i-th axis behind [N, C] in the mean of each window. [places, windows] */
function shares(node: Node, i: number): Matrix {
  const places = node.inputs[0]!.shape[i + 2]!
  const pads = intsOf(node.attributes, 'pads', [])
  const [before = 0, behind = 0] = [pads[i], pads[i + pads.length / 2]]
  const padded = intOf(node.attributes, 'count_include_pad', 0) === 1
  const [low, high] = padded ? [-before, places + behind] : [0, places]
  const windows = windowsAlong(node, i).map((taps) =>
    taps.filter((place) => place >= low && place < high),
  )
  return Array.from({ length: places }, (_, place) =>
    windows.map((taps) => (taps.includes(place) ? 1 / taps.length : 0)),
  )
}

/** Rules of pooling. */
export const poolingRules: Readonly<Record<string, GradientRule>> = {
  MaxPool: maxPoolRule,
  AveragePool: averagePoolRule,
  GlobalAveragePool: (node, [dy]) => {
    const { shape } = node.inputs[0]!
    return [expand(mul(dy!, 1 / sizeOf(shape.slice(2))), shape)]
  },
  GlobalMaxPool: globalMaxPoolRule,
}
