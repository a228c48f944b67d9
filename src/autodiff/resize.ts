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
import { sameShape, sizeOf } from '../tensor/index.ts'
import { alongAxis, type Matrix, transposed } from './along-axes.ts'
import { interpolation } from './interpolation.ts'

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
  const weights = x.shape.map((from, axis) => {
    const [to, scale] = [dy!.shape[axis]!, scales[axis]!]
    return from === to && scale === 1
      ? undefined
      : interpolation({ from, to, scale }, node.attributes)
  })
  return [
    repetitionSums(dy!, weights) ??
      weights.reduce(
        (dx: Value, mixture, axis) =>
          mixture === undefined ? dx : alongAxis(dx, axis, transposed(mixture)),
        dy!,
      ),
  ]
}

/** Sums over the windows of equal places, if there are only such and they lie behind [N, C]. */
function repetitionSums(dy: Value, weights: readonly (Matrix | undefined)[]): Value | undefined {
  const rank = weights.length
  const factors = weights.map((mixture) => (mixture === undefined ? 1 : repetition(mixture)))
  const [n, c, ...kernel] = factors
  if (n !== 1 || c !== 1 || rank < 3 || rank > 5) return undefined
  if (!kernel.every((factor) => factor !== undefined)) return undefined
  return mul(averagePool(dy, kernel), sizeOf(kernel))
}

/** How often each old place is repeated; undefined where the weights do anything else. */
function repetition(mixture: Matrix): number | undefined {
  const factor = mixture.length / mixture[0]!.length
  const repeats = mixture.every((row, place) => row[Math.floor(place / factor)] === 1)
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
