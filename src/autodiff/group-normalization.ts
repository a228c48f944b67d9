import { unsupportedOp } from '../core/index.ts'
import {
  expand,
  floatOf,
  type GradientRule,
  intOf,
  mul,
  reduceMean,
  reshape,
  type Value,
} from '../onnx/index.ts'
import { formatShape, sizeOf } from '../tensor/index.ts'
import { normalizedRows, throughRows } from './normalized-rows.ts'
import { sumTo } from './sum-to.ts'

/**
 * y = scale · x̂ + shift with a row of D values for each picture and group, and one scale a group: with
 * g = dy the gradient is scale times that of {@link throughRows}; dscale and dshift are sums of its
 * sums.
 */
const groupRule =
  (groupsOf: (node: Parameters<GradientRule>[0]) => number): GradientRule =>
  (node, [gradient]) => {
    const [x, scale] = node.inputs as [Value, Value]
    const groups = groupsOf(node)
    if (scale.shape[0] !== groups)
      throw unsupportedOp(
        `${node.op}: a scale of shape ${formatShape(scale.shape)} for ${groups} groups has no gradient rule; give it one value for each`,
      )
    const batch = x.shape[0]!
    const size = sizeOf(x.shape) / (batch * groups)
    const asRows = (value: Value): Value => reshape(value, [batch * groups, size])
    const rows = normalizedRows(asRows(x), { epsilon: floatOf(node.attributes, 'epsilon', 1e-5) })
    const dy = asRows(gradient!)
    const rowMean = (value: Value): Value => reduceMean(value, { axes: [1], keepAxes: true })
    const sums = { g: dy, mean: rowMean(dy), slope: rowMean(mul(dy, rows.normalized)) }
    const scales = reshape(expand(reshape(scale, [1, groups]), [batch, groups]), [-1, 1])
    const dx = throughRows({ ...rows, r: mul(rows.r, scales) }, sums)
    const perGroup = (means: Value): Value =>
      sumTo(mul(reshape(means, [batch, groups]), size), scale.shape)
    return [reshape(dx, x.shape), perGroup(sums.slope), perGroup(sums.mean)]
  }

/** Rules of normalisations of each picture, by channel or by groups of channels. */
export const groupNormalizationRules: Readonly<Record<string, GradientRule>> = {
  InstanceNormalization: groupRule(({ inputs }) => inputs[0]!.shape[1]!),
  GroupNormalization: groupRule(({ attributes }) => intOf(attributes, 'num_groups', 1)),
}
