import { constant, mul, reduceSum, type Value } from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'

/** Red, green and blue in the share in which they seem bright (ITU-R BT.601). */
const shares = Float32Array.of(0.299, 0.587, 0.114)

/** The grey of coloured pictures. [N, 3, H, W] → [N, 1, H, W]. */
export function grey(pictures: Value): Value {
  const weighed = mul(pictures, constant(tensor('float32', [3, 1, 1], shares)))
  return reduceSum(weighed, { axes: [1], keepAxes: true })
}
