import {
  add,
  and,
  apply,
  cast,
  constant,
  div,
  equal,
  expand,
  integers,
  intOf,
  intsOf,
  mul,
  type Node,
  not,
  or,
  pad,
  reshape,
  scalar,
  slice,
  type Value,
  windowOf,
} from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'
import { interleaved } from './interleaved.ts'
import type { Places } from './places.ts'

/**
 * The gradient of a maximum over windows of stride s: the picture falls into s · s phases, in which
 * each element of the window is one shift. Each shift is compared with the maxima; of several equal
 * ones the first has the gradient, or all share it.
 *
 * [N, C/B, H, W, B]; undefined where elements of the window lie apart (dilation).
 */
export function lowerMaxPoolGradient(node: Node, places: Places): Value | undefined {
  const [x, y, dy] = node.inputs as [Value, Value, Value]
  const { dilations } = windowOf(node)
  if (dilations.some((d) => d !== 1)) return undefined
  const geometry = geometryOf(node)
  const { kernel, strides, phases } = geometry
  const [u, v] = phases
  const blocked = places.in('channels', x)
  const { block } = places
  const lines = (x.shape[0]! * x.shape[1]!) / block
  const padded = reshape(aroundOf(blocked, geometry), [
    lines * u,
    strides[0],
    v,
    strides[1] * block,
  ])
  const phase = (row: number, column: number): Value =>
    reshape(
      slice(padded, [
        { axis: 1, start: row, end: row + 1 },
        { axis: 3, start: column * block, end: (column + 1) * block },
      ]),
      [lines, u, v, block],
    )
  const all = grid(strides, phase)
  const [outH, outW] = dy.shape.slice(2) as [number, number]
  const maxima = reshape(places.in('channels', y), [lines, outH, outW, block])
  const slopes = reshape(places.in('channels', dy), [lines, outH, outW, block])
  const taps = grid(kernel, (i, j) => {
    const at = [Math.floor(i / strides[0]), Math.floor(j / strides[1])] as const
    const of = all[i % strides[0]]![j % strides[1]]!
    const shift = slice(of, [
      { axis: 1, start: at[0], end: at[0] + outH },
      { axis: 2, start: at[1], end: at[1] + outW },
    ])
    return { row: i % strides[0], column: j % strides[1], at, isMax: equal(shift, maxima) }
  }).flat()
  const sharing = intOf(node.attributes, 'shares_ties', 0) === 1
  const { shares, slope } = (sharing ? shared : firstAlone)(
    taps.map(({ isMax }) => isMax),
    slopes,
  )
  const sums = grid(strides, () => undefined as Value | undefined)
  taps.forEach(({ row, column, at }, i) => {
    const moved = pad(
      mul(slope, shares[i]!),
      [0, at[0], at[1], 0],
      [0, u - outH - at[0], v - outW - at[1], 0],
    )
    const known = sums[row]![column]
    sums[row]![column] = known === undefined ? moved : add(known, moved)
  })
  const size = [...blocked.shape.slice(0, 2), u, v, block]
  const whole = interleaved(
    sums.map((row) =>
      row.map((sum) => (sum === undefined ? expand(scalar(0), size) : reshape(sum, size))),
    ),
  )
  return insideOf(whole, blocked, geometry)
}

interface Geometry {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  /** Padding at the top and left. */
  readonly before: readonly [number, number]
  /** Places of each phase along both axes. */
  readonly phases: readonly [number, number]
}

function geometryOf(node: Node): Geometry {
  const [kernelH = 1, kernelW = 1] = intsOf(node.attributes, 'kernel_shape', [])
  const { strides, pads } = windowOf(node)
  const [outH, outW] = node.inputs[2]!.shape.slice(2) as [number, number]
  return {
    kernel: [kernelH, kernelW],
    strides,
    before: [pads[0], pads[1]],
    phases: [
      outH + Math.floor((kernelH - 1) / strides[0]),
      outW + Math.floor((kernelW - 1) / strides[1]),
    ],
  }
}

/** Each maximum gives its gradient to the first that equals it. */
function firstAlone(isMax: readonly Value[], slope: Value) {
  let seen: Value | undefined
  const shares = isMax.map((here) => {
    const first = seen === undefined ? here : and(here, not(seen))
    seen = seen === undefined ? here : or(seen, here)
    return cast(first, slope.dtype)
  })
  return { shares, slope }
}

/** All that equal a maximum share its gradient. */
function shared(isMax: readonly Value[], slope: Value) {
  const shares = isMax.map((here) => cast(here, slope.dtype))
  return {
    shares,
    slope: div(
      slope,
      shares.reduce((sum, share) => add(sum, share)),
    ),
  }
}

/** The picture as the windows see it: padded so that no padding is a maximum, and cut to whole phases. */
function aroundOf(x: Value, { strides, before, phases }: Geometry): Value {
  const size = [strides[0] * phases[0], strides[1] * phases[1]]
  const kept = [0, 1].map((i) => Math.min(x.shape[i + 2]!, size[i]! - before[i]!))
  const inside = slice(x, [
    { axis: 2, start: 0, end: kept[0]! },
    { axis: 3, start: 0, end: kept[1]! },
  ])
  const behind = [0, 1].map((i) => size[i]! - before[i]! - kept[i]!)
  if ([...before, ...behind].every((length) => length === 0)) return inside
  const pads = [0, 0, ...before, 0, 0, 0, ...behind, 0]
  const shape = [...x.shape.slice(0, 2), size[0]!, size[1]!, x.shape[4]!]
  const least = constant(tensor('float32', [], Float32Array.of(Number.NEGATIVE_INFINITY)))
  return apply('Pad', [inside, integers(pads), least], { dtype: x.dtype, shape })
}

/** What of the whole phases lies in the picture; places that no window reached get zeros. */
function insideOf(whole: Value, { shape }: Value, { before }: Geometry): Value {
  const ends = [0, 1].map((i) => Math.min(whole.shape[i + 2]!, before[i]! + shape[i + 2]!))
  const inside = slice(whole, [
    { axis: 2, start: before[0], end: ends[0]! },
    { axis: 3, start: before[1], end: ends[1]! },
  ])
  const missing = [0, 1].map((i) => shape[i + 2]! - inside.shape[i + 2]!)
  return missing.every((length) => length === 0)
    ? inside
    : pad(inside, [0, 0, 0, 0, 0], [0, 0, missing[0]!, missing[1]!, 0])
}

function grid<T>(
  [rows, columns]: readonly [number, number],
  of: (row: number, column: number) => T,
): T[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => of(i, j)))
}
