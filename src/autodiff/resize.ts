import { unsupportedOp } from '../core/index.ts'
import {
  averagePool,
  contentOf,
  type GradientRule,
  intOf,
  intsOf,
  mul,
  type Node,
  normalizeAxis,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/index.ts'
import { interpolation } from './interpolation.ts'
import { type Mixture, unmixed } from './mixture.ts'

/**
 * Resizing mixes the places of each axis with fixed weights: the gradient is the product with the
 * transposed weights, axis by axis; where places are only repeated, the sums over windows.
 */
const resizeRule: GradientRule = (node, [dy]) => {
  assertSupported(node)
  const x = node.inputs[0]!
  // onnxruntime leaves alone what keeps its shape, whatever the scales
  if (sameShape(x.shape, dy!.shape)) return [dy]
  const scales = scalesOf(node)
  const shares = x.shape.map((from, axis) => {
    const [to, scale] = [dy!.shape[axis]!, scales[axis]!]
    return from === to && scale === 1
      ? undefined
      : interpolation({ from, to, scale }, node.attributes)
  })
  return [repetitionSums(dy!, x.shape, shares) ?? unmixed(dy!, x.shape, shares)]
}

/** Sums over the windows of equal places, if there are only such and they lie behind [N, C]. */
function repetitionSums(
  dy: Value,
  shape: Shape,
  mixtures: readonly (Mixture | undefined)[],
): Value | undefined {
  const factors = mixtures.map((mixture, axis) =>
    mixture === undefined ? 1 : repetition(mixture, shape[axis]!),
  )
  const [n, c, ...kernel] = factors
  if (n !== 1 || c !== 1 || kernel.length < 1 || kernel.length > 3) return undefined
  if (!kernel.every((factor) => factor !== undefined)) return undefined
  return mul(averagePool(dy, kernel), sizeOf(kernel))
}

/** How often each old place is repeated; undefined where anything else is done. */
function repetition(mixture: Mixture, places: number): number | undefined {
  const factor = mixture.length / places
  const repeats = mixture.every(
    (shares, i) => shares.length === 1 && shares[0]!.place === Math.floor(i / factor),
  )
  return Number.isInteger(factor) && repeats ? factor : undefined
}

/** What each axis is multiplied by, as onnxruntime rounds it to float32. */
function scalesOf(node: Node): number[] {
  const [x, y, given] = [node.inputs[0]!, node.outputs[0]!, node.inputs[2]]
  const ratio = (axis: number): number => Math.fround(y.shape[axis]! / x.shape[axis]!)
  const axes = intsOf(node.attributes, 'axes', [...x.shape.keys()]).map((axis) =>
    normalizeAxis('Resize', axis, x.shape.length),
  )
  if (given == null || sizeOf(given.shape) === 0)
    return x.shape.map((_, axis) => (axes.includes(axis) ? ratio(axis) : 1))
  const scales = contentOf(given)
  if (scales === undefined)
    throw unsupportedOp('Resize: its scales must be a constant to be differentiated')
  return x.shape.map((_, axis) => Number(scales[axes.indexOf(axis)] ?? 1))
}

function assertSupported({ attributes }: Node): void {
  if (intOf(attributes, 'antialias', 0) === 1)
    throw unsupportedOp('Resize: with antialias 1 it has no gradient rule')
  const policy = textOf(attributes, 'keep_aspect_ratio_policy', 'stretch')
  if (policy !== 'stretch')
    throw unsupportedOp(
      `Resize: keep_aspect_ratio_policy ${policy} has no gradient rule; give the sizes that result`,
    )
}

/** Rules of operators that give axes another size by interpolation. */
export const resizeRules: Readonly<Record<string, GradientRule>> = {
  Resize: resizeRule,
}
