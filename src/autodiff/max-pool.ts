import { unsupportedOp } from '../core/index.ts'
import {
  argMax,
  type Computed,
  cast,
  compositeDomain,
  compute,
  div,
  equal,
  expand,
  type GradientRule,
  int,
  intsOf,
  like,
  matmul,
  mul,
  type Node,
  pad,
  reduceSum,
  reshape,
  scatterElements,
  slice,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf } from '../tensor/index.ts'
import { matrix, transposed } from './mixture.ts'
import { areTiles, windowsAlong } from './windows.ts'

/**
 * The gradient of each maximum goes to the place that holds it. Of several equal ones in a window
 * the first has it; or all have equal parts, where windows neither overlap nor leave the picture.
 */
export const maxPoolRule: GradientRule = (node, [dy]) => {
  const gradientOf = canCompare(node) ? byComparison : byIndices
  const x = node.inputs[0]!
  if (x.shape.length !== 4) return [gradientOf(node, dy!)]
  // a composite, so that the runtime can compute it in another way
  return compute({
    op: 'MaxPoolGradient',
    domain: compositeDomain,
    inputs: [x, node.outputs[0]!, dy!],
    attributes: { ...node.attributes, shares_ties: int(canCompare(node) ? 1 : 0) },
    outputs: [x],
    expansion: ([x, y, dy]) => [
      gradientOf({ ...node, inputs: [x!], outputs: [y as Computed] }, dy!),
    ],
  })
}

/** Whether windows are tiles of a picture or a line, whose rows are not too long to be multiplied whole. */
const canCompare = (node: Node): boolean => {
  const [, , ...places] = node.outputs[0]!.shape
  return places.length <= 2 && partOf(places.at(-1)!) <= 256 && areTiles(node)
}

/** The gradient of the maximum over all places goes to the first that holds it. */
export const globalMaxPoolRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const lines = x.shape[0]! * x.shape[1]!
  const flat = reshape(x, [lines, -1])
  const first = argMax(flat, { axis: 1, keepAxis: true })
  return [reshape(scatterAdd(flat.shape, first, reshape(dy!, [lines, 1])), x.shape)]
}

/**
 * Every element is compared with the maximum of its window, row of windows by row of windows: far
 * faster than onnxruntime's search for indices.
 */
function byComparison(node: Node, dy: Value): Value {
  const x = node.inputs[0]!
  const kernel = intsOf(node.attributes, 'kernel_shape', [])
  const [kernelH, kernelW] = kernel.length === 1 ? [1, kernel[0]!] : [kernel[0]!, kernel[1]!]
  const covered = [...x.shape.slice(0, 2), ...kernel.map((size, i) => size * dy.shape[i + 2]!)]
  const whole = covered.every((size, axis) => size === x.shape[axis])
  const tiled = whole
    ? x
    : slice(
        x,
        covered.map((end, axis) => ({ axis, start: 0, end })),
      )
  const width = dy.shape.at(-1)!
  const rows = sizeOf(dy.shape) / width
  const part = partOf(width)
  const widened = (v: Value): Value => {
    const wide = matmul(reshape(v, [-1, part]), matrix(windowSums(part, kernelW, 1), x.dtype))
    return reshape(wide, [rows, 1, width * kernelW])
  }
  const isMax = cast(
    equal(reshape(tiled, [rows, kernelH, width * kernelW]), widened(node.outputs[0]!)),
    x.dtype,
  )
  // sums over whole rows of windows, as long as most of them is no product with zero
  const long = kernelH > 1 && width > 64
  const columns = long ? reduceSum(isMax, { axes: [1] }) : isMax
  const [size, high] = long || kernelH === 1 ? [part, 1] : [width, kernelH]
  const sums = matrix(transposed(windowSums(size, kernelW, high)), x.dtype)
  const ties = matmul(reshape(columns, [-1, size * kernelW * high]), sums)
  const share = div(reshape(dy, ties.shape), ties)
  const spread = reshape(mul(isMax, widened(share)), covered)
  const behind = x.shape.map((size, axis) => size - covered[axis]!)
  return whole
    ? spread
    : pad(
        spread,
        x.shape.map(() => 0),
        behind,
      )
}

/** Rows are widened in parts of up to 32, so that the product is mostly memory traffic. */
function partOf(width: number): number {
  for (let part = 32; part >= 8; part--) if (width % part === 0) return part
  return width
}

/** 1 where a place belongs to a window: [windows, rows of places one after another]. */
function windowSums(windows: number, kernelW: number, kernelH: number): number[][] {
  const width = windows * kernelW
  return Array.from({ length: windows }, (_, window) =>
    Array.from({ length: kernelH * width }, (_, place) =>
      Math.floor((place % width) / kernelW) === window ? 1 : 0,
    ),
  )
}

/** The maxima once more with their indices; several windows may point at one place. */
function byIndices(node: Node, dy: Value): Value {
  const x = node.inputs[0]!
  x.shape.slice(2).forEach((size, i) => {
    // onnxruntime makes up an index where there is nothing but padding
    if (!windowsAlong(node, i).every((taps) => taps.some((place) => place >= 0 && place < size)))
      throw unsupportedOp('MaxPool: windows that lie wholly in the padding have no gradient')
  })
  const [, indices] = compute({
    op: 'MaxPool',
    inputs: [x],
    attributes: { ...node.attributes, storage_order: int(0) },
    outputs: [dy, { dtype: 'int64', shape: dy.shape }],
  })
  const flat = scatterAdd([sizeOf(x.shape)], reshape(indices!, [-1]), reshape(dy, [-1]))
  return reshape(flat, x.shape)
}

/** Zeros of a shape to which updates are added at places along the last axis. */
const scatterAdd = (shape: Shape, indices: Value, updates: Value): Value =>
  scatterElements(expand(like(0, updates), shape), [indices, updates], {
    axis: -1,
    reduction: 'add',
  })
