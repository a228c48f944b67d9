import type { Node, Value, Window } from '../../onnx/index.ts'

/** One phase of an axis: which taps of the kernel it sees and how dY is padded for them. */
interface Phase {
  readonly taps: readonly number[]
  readonly before: number
  readonly after: number
}

/** An axis of a convolution's input, as its stride divides it. */
export interface PhasedAxis {
  readonly phases: readonly Phase[]
  /** Places of each phase. */
  readonly size: number
  /** Where the first place of the first phase lies in the padded input. */
  readonly start: number
}

/** How an axis (0 rows, 1 columns) of a convolution's input falls into phases. */
export function phasesOf({
  node,
  window: { strides, pads, dilations },
  axis,
}: {
  readonly node: Node
  readonly window: Required<Window>
  readonly axis: number
}): PhasedAxis {
  const [dy, weight] = node.inputs as [Value, Value]
  const [stride, before] = [strides[axis]!, pads[axis]!]
  const [length, kernel] = [node.outputs[0]!.shape[axis + 2]!, weight.shape[axis + 2]!]
  const first = Math.floor(before / stride)
  const last = Math.floor((before + length - 1) / stride)
  const reach = stride > 1 ? 1 : dilations[axis]!
  const phases = Array.from({ length: stride }, (_, r) => {
    const taps = Array.from({ length: kernel }, (_, i) => i).filter((i) => i % stride === r)
    return {
      taps,
      before: reach * (taps.length - 1) - first,
      after: last - (dy.shape[axis + 2]! - 1),
    }
  })
  return { phases, size: last - first + 1, start: first * stride }
}
