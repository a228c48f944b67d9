import { type GradientRule, intOf, reshape, textOf, transpose } from '../onnx/index.ts'

/** Each block of places back into the channels that it came from. */
const depthToSpaceRule: GradientRule = (node, [dy]) => {
  const b = intOf(node.attributes, 'blocksize', 1)
  const [n, c, height, width] = dy!.shape as [number, number, number, number]
  const blocks = reshape(dy!, [n, c, height / b, b, width / b, b])
  const together = textOf(node.attributes, 'mode', 'DCR') === 'CRD'
  const order = together ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
  return [reshape(transpose(blocks, order), node.inputs[0]!.shape)]
}

/** Each channel back to the places that it came from. */
const spaceToDepthRule: GradientRule = (node, [dy]) => {
  const b = intOf(node.attributes, 'blocksize', 1)
  const [n, c, height, width] = dy!.shape as [number, number, number, number]
  const apart = reshape(dy!, [n, b, b, c / b ** 2, height, width])
  return [reshape(transpose(apart, [0, 3, 4, 1, 5, 2]), node.inputs[0]!.shape)]
}

/** Rules of operators that exchange channels for places. */
export const depthToSpaceRules: Readonly<Record<string, GradientRule>> = {
  DepthToSpace: depthToSpaceRule,
  SpaceToDepth: spaceToDepthRule,
}
