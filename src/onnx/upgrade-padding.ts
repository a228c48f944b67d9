import type { Shape } from '../tensor/index.ts'
import { type Attributes, ints, intsOf, textOf, without } from './attribute.ts'
import type { Applied } from './upgrade-composed.ts'

// What auto_pad leaves to the runtime, written as numbers, which the shapes allow.

/** Pools and convolutions: as many windows as strides fit in, half of the padding on either side. */
export function padded(node: Applied): Applied {
  const mode = textOf(node.attributes, 'auto_pad', 'NOTSET')
  if (mode === 'NOTSET') return node
  const attributes = without(node.attributes, 'auto_pad', 'pads')
  if (mode === 'VALID') return { ...node, attributes }
  const totals = windowAxes(node).map(({ length, stride, reach }) =>
    Math.max((Math.ceil(length / stride) - 1) * stride + reach - length, 0),
  )
  return { ...node, attributes: { ...attributes, pads: halved(totals, mode !== 'SAME_LOWER') } }
}

/**
 * Transposed convolutions: what exceeds the shape is cut off, half of it on either side, and what is
 * wanting is added behind.
 * @param shape of the output
 */
export function paddedTranspose(node: Applied, shape: Shape): Applied {
  const mode = textOf(node.attributes, 'auto_pad', 'NOTSET')
  const attributes = without(node.attributes, 'auto_pad', 'output_shape')
  const given = mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER'
  if (given && node.attributes.output_shape === undefined) return { ...node, attributes }
  const more = intsOf(attributes, 'output_padding', [])
  const excess = windowAxes(node).map(
    ({ length, stride, reach }, i) =>
      (length - 1) * stride + reach + (more[i] ?? 0) - shape[i + 2]!,
  )
  return {
    ...node,
    attributes: {
      ...attributes,
      pads: halved(
        excess.map((total) => Math.max(total, 0)),
        mode === 'SAME_UPPER',
      ),
      output_padding: ints(excess.map((total, i) => (more[i] ?? 0) + Math.max(-total, 0))),
    },
  }
}

/** What each axis behind [N, C] has for a length, a stride, and the length of a window. */
function windowAxes({ inputs, attributes }: Applied) {
  const [x, weight] = inputs
  const kernel = intsOf(attributes, 'kernel_shape', weight?.shape.slice(2) ?? [])
  return kernel.map((size, i) => ({
    length: x!.shape[i + 2]!,
    stride: intsOf(attributes, 'strides', [])[i] ?? 1,
    reach: (intsOf(attributes, 'dilations', [])[i] ?? 1) * (size - 1) + 1,
  }))
}

/** Half before and half behind every axis, one of an odd number more behind (or before). */
function halved(totals: readonly number[], moreBehind: boolean): Attributes[string] {
  const small = totals.map((total) => Math.floor(total / 2))
  const large = totals.map((total, i) => total - small[i]!)
  return ints(moreBehind ? [...small, ...large] : [...large, ...small])
}
