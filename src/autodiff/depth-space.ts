import {
  depthToSpace,
  type GradientRule,
  intOf,
  reshape,
  spaceToDepth,
  textOf,
  transpose,
} from '../onnx/index.ts'

/** The squares go back where they came from. */
const depthToSpaceRule: GradientRule = (node, [dy]) => {
  const block = intOf(node.attributes, 'blocksize', 1)
  if (textOf(node.attributes, 'mode', 'DCR') === 'DCR') return [spaceToDepth(dy!, block)]
  const { shape } = node.inputs[0]!
  const [n, , h, w] = shape as [number, number, number, number]
  const squares = reshape(dy!, [n, dy!.shape[1]!, h, block, w, block])
  return [reshape(transpose(squares, [0, 1, 3, 5, 2, 4]), shape)]
}

/** Rules of operators that move places into channels and back. */
export const depthSpaceRules: Readonly<Record<string, GradientRule>> = {
  DepthToSpace: depthToSpaceRule,
  SpaceToDepth: (node, [dy]) => [depthToSpace(dy!, intOf(node.attributes, 'blocksize', 1))],
}
