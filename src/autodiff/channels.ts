import { reduceSum, reshape, type Value } from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

/** Σ over all but the channels, over the places first. [N, C, ...] → [C] */
export const channelSums = (x: Value): Value =>
  sumTo(reduceSum(x, { axes: [...x.shape.keys()].slice(2) }), [x.shape[1]!])

/** [C] as [C, 1, ...], which broadcasts with x [N, C, ...]. */
export const alongChannels = (perChannel: Value, x: Value): Value =>
  reshape(perChannel, [x.shape[1]!, ...x.shape.slice(2).map(() => 1)])
