import { unsupportedOp } from '../core/index.ts'
import { intsOf, type Node, textOf } from '../onnx/index.ts'

/**
 * The places that each window of a pool covers along the i-th axis behind [N, C], in order; padding
 * lies outside [0, size).
 * @throws UnsupportedOp when the padding is left to the runtime (auto_pad)
 */
export function windowsAlong(node: Node, i: number): number[][] {
  const auto = textOf(node.attributes, 'auto_pad', 'NOTSET')
  if (auto !== 'NOTSET' && auto !== 'VALID')
    throw unsupportedOp(`${node.op}: auto_pad ${auto} is not read here; write its pads as numbers`)
  const at = (name: string, otherwise: number): number =>
    intsOf(node.attributes, name, [])[i] ?? otherwise
  const [stride, dilation, before] = [at('strides', 1), at('dilations', 1), at('pads', 0)]
  return Array.from({ length: node.outputs[0]!.shape[i + 2]! }, (_, window) =>
    Array.from(
      { length: at('kernel_shape', 1) },
      (_, tap) => window * stride - before + tap * dilation,
    ),
  )
}

/** Whether windows lie side by side on the picture, but for a rest at its end. */
export function areTiles(node: Node): boolean {
  const x = node.inputs[0]!
  return intsOf(node.attributes, 'kernel_shape', []).every((size, i) =>
    windowsAlong(node, i).every((taps, window) =>
      taps.every((place, tap) => place === window * size + tap && place < x.shape[i + 2]!),
    ),
  )
}
