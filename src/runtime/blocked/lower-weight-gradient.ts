import {
  apply,
  concat,
  constant,
  int,
  type Node,
  pad,
  reshape,
  transpose,
  type Value,
} from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'
import type { Eligible } from './eligible.ts'
import { shapeIn } from './layout.ts'
import { blockedConv } from './lower-convolution.ts'
import { nchwc } from './nchwc.ts'
import type { Places } from './places.ts'
import { rowsOf } from './rows.ts'

/** Bytes of shifted rows that are held at once. */
const mostBytes = 2 ** 25

/**
 * The gradient of a convolution's weights as a convolution:
 *
 *   dW[o, c, i, j] = Σ_{n, h, w} dY[n, o, h, w] · X[n, c, s h + i, s w + j]
 *
 * Pictures n and rows h of dY are the input channels, its columns w the taps of a kernel of one row;
 * (w, c) is the width of what it goes over, so that a step of s columns is a dilation of s · C places;
 * rows i and blocks of C are its batch. So onnxruntime's fastest kernel does all of it, at the speed of
 * the forward pass.
 *
 * @returns in layout `weights` where C is blocked, else plain
 */
export function lowerWeightGradient(node: Node, { window }: Eligible, places: Places): Value {
  const { block } = places
  const [x, dy] = node.inputs as [Value, Value]
  const [o, c, kernelH, kernelW] = node.outputs[0]!.shape as [number, number, number, number]
  const [n, , outH, outW] = dy.shape as [number, number, number, number]
  const { strides, pads } = window
  const [rows, columns] = [x.shape[2]! + pads[0] + pads[2], x.shape[3]! + pads[1] + pads[3]]
  const whole = c % block === 0
  const [inner, outer] = whole ? [block, c / block] : [1, c]
  const padded = whole ? paddedBlocks(places.in('channels', x), x, window.pads) : paddedPlain()
  // [N/B, outer, rows, (columns, inner, B of N)]
  const picturesInnermost = nchwc(
    'ReorderInput',
    [reshape(padded, [1, n, 1, c * rows * columns])],
    [1, n, 1, c * rows * columns],
  )
  const row = columns * inner * block
  const lines = reshape(picturesInnermost, [(n / block) * outer * rows, row])
  const kernel = kernelOf(places.in('channels', dy), block)
  const reached = (outW - 1) * strides[1]
  const parts = rowBundles({ kernelH, bytes: 4 * outer * n * outH * (row / block) }).map((taps) => {
    const index: number[] = []
    for (const i of taps)
      for (let part = 0; part < outer; part++)
        for (let group = 0; group < n / block; group++)
          for (let h = 0; h < outH; h++)
            index.push((group * outer + part) * rows + h * strides[0] + i)
    const moved = rowsOf(lines, index)
    const batch = taps.length * outer
    const width = (columns - reached) * inner
    return blockedConv(
      {
        x: moved,
        inputShape: [batch, n * outH, 1, columns * inner],
        weight: kernel,
        weightShape: [o, n * outH, 1, outW],
        window: { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, strides[1] * inner] },
        shape: [batch, o, 1, width],
      },
      block,
    )
  })
  // [kH · outer, O/B, columns left over, inner, B of O]
  const found = parts.length === 1 ? parts[0]! : concat(parts, 0)
  const left = columns - reached
  const steps = { kernelH, kernelW, outer, inner, left, outputs: o / block }
  return whole ? toBlocked(found, steps) : toWeights(found, steps)

  function paddedPlain(): Value {
    const plain = places.in('plain', x)
    if (pads.every((size) => size === 0)) return plain
    return pad(plain, [0, 0, pads[0], pads[1]], [0, 0, pads[2], pads[3]])
  }
}

interface Steps {
  readonly kernelH: number
  readonly kernelW: number
  readonly outer: number
  readonly inner: number
  readonly left: number
  readonly outputs: number
}

/** Moves whole tiles [B of C, B of O] from (i, C/B, O/B, j) to (O/B, C/B, i, j). */
function toBlocked(found: Value, steps: Steps): Value {
  const { kernelH, kernelW, outer, inner, left, outputs } = steps
  const block = found.shape.at(-1)!
  const area = inner * block
  const index: number[] = []
  for (let ob = 0; ob < outputs; ob++)
    for (let cb = 0; cb < outer; cb++)
      for (let i = 0; i < kernelH; i++)
        for (let j = 0; j < kernelW; j++) index.push(((i * outer + cb) * outputs + ob) * left + j)
  const tiles = reshape(found, [kernelH * outer * outputs * left, area])
  const moved = rowsOf(tiles, index)
  const plain = [outputs * block, outer * block, kernelH, kernelW]
  return reshape(moved, shapeIn('weights', plain, block))
}

/** As {@link toBlocked} where C is not blocked: few weights, put in order one by one. */
function toWeights(found: Value, steps: Steps): Value {
  const { kernelH, kernelW, outer, left, outputs } = steps
  const block = found.shape.at(-1)!
  const all = reshape(found, [kernelH, outer, outputs, left, block])
  const ordered = reshape(transpose(all, [2, 4, 1, 0, 3]), [
    outputs * block * outer * kernelH,
    left,
  ])
  const shape = [outputs * block, outer, kernelH, kernelW]
  if (left === kernelW) return reshape(ordered, shape)
  const kept = constant(
    tensor(
      'int32',
      [kernelW],
      Int32Array.from({ length: kernelW }, (_, j) => j),
    ),
  )
  const rows = apply(
    'Gather',
    [ordered, kept],
    { dtype: 'float32', shape: [ordered.shape[0]!, kernelW] },
    { axis: int(1) },
  )
  return reshape(rows, shape)
}

/** Zeros around blocked pictures, in one pass of a depthwise convolution. */
function paddedBlocks(
  blocked: Value,
  { shape: [n, c, h, w] }: Value,
  pads: readonly [number, number, number, number],
): Value {
  if (pads.every((size) => size === 0)) return blocked
  const ones = constant(tensor('float32', [c!, 1, 1, 1], new Float32Array(c!).fill(1)))
  return blockedConv(
    {
      x: blocked,
      inputShape: [n!, c!, h!, w!],
      weight: ones,
      weightShape: ones.shape,
      window: { strides: [1, 1], pads, dilations: [1, 1] },
      groups: c!,
      shape: [n!, c!, h! + pads[0] + pads[2], w! + pads[1] + pads[3]],
    },
    blocked.shape.at(-1)!,
  )
}

/** [N, O/B, H, W, B of O] → [O/B, N/B, H, W, B of N, B of O]: dY as weights over pictures. */
function kernelOf(dy: Value, block: number): Value {
  const [n, outputs, h, w] = dy.shape as [number, number, number, number]
  const index: number[] = []
  for (let output = 0; output < outputs; output++)
    for (let group = 0; group < n; group += block)
      for (let place = 0; place < h * w; place++)
        for (let picture = group; picture < group + block; picture++)
          index.push((picture * outputs + output) * h * w + place)
  return rowsOf(reshape(dy, [n * outputs * h * w, block]), index)
}

/** The rows of a kernel, as many together as memory allows. */
function rowBundles({ kernelH, bytes }: { kernelH: number; bytes: number }): number[][] {
  const together = Math.max(1, Math.floor(mostBytes / bytes))
  const bundles: number[][] = []
  for (let i = 0; i < kernelH; i += together)
    bundles.push(Array.from({ length: Math.min(together, kernelH - i) }, (_, k) => i + k))
  return bundles
}
