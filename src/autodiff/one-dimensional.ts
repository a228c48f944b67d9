import { compute, type GradientRule, type Node, reshape, type Value } from '../onnx/index.ts'
import type { Shape } from '../tensor/index.ts'

/**
 * A rule for two spatial axes that also takes nodes with one: [N, C, L] is seen as [N, C, 1, L], at no
 * cost.
 */
export const orOneDimensional =
  (rule: GradientRule): GradientRule =>
  (node, gradients) => {
    if (node.inputs[0]!.shape.length !== 3) return rule(node, gradients)
    const slopes = rule(lifted(node), gradients.map(liftedValue))
    return slopes.map((slope, i) => {
      const input = node.inputs[i]
      return slope === undefined || input == null ? undefined : reshape(slope, input.shape)
    })
  }

/** What a window is along the axis of size 1, which it leaves as it is. */
const unmoved: Readonly<Record<string, readonly number[]>> = {
  kernel_shape: [1],
  strides: [1],
  dilations: [1],
  output_padding: [0],
}

function lifted(node: Node): Node {
  const attributes = Object.entries(node.attributes).map(([name, attribute]) => {
    if (attribute.type !== 'ints') return [name, attribute]
    const [before = 0, behind = 0] = attribute.value
    const value =
      name === 'pads' ? [0, before, 0, behind] : [...(unmoved[name] ?? []), ...attribute.value]
    return [name, { ...attribute, value }]
  })
  const [output] = compute({
    op: node.op,
    inputs: node.inputs.map((input) => liftedValue(input ?? undefined) ?? null),
    attributes: Object.fromEntries(attributes),
    outputs: node.outputs.map(({ dtype, shape }) => ({ dtype, shape: liftedShape(shape) })),
  })
  return output!.node
}

const liftedValue = (value: Value | undefined): Value | undefined =>
  value?.shape.length === 3 ? reshape(value, liftedShape(value.shape)) : value

const liftedShape = ([n, c, ...rest]: Shape): Shape => [n!, c!, 1, ...rest]
