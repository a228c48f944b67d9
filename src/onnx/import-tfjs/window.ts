import { invalidInput } from '../../core/index.ts'
import { intsAttribute, textAttribute } from './attributes.ts'
import type { Call } from './call.ts'

/** Pads at the top, left, bottom and right. */
type Pads = [number, number, number, number]

/** Where a window goes, pairs are [height, width]. */
export interface TfWindow {
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly pads: Pads
}

/**
 * The geometry of a node's window over a picture. SAME makes ⌈size / stride⌉ places of an axis: it pads by
 * max(0, (places − 1) · stride + reach − size) with reach = (kernel − 1) · dilation + 1, an odd one at the
 * end.
 * @param size height and width of the picture
 * @param kernel height and width of the window
 */
export function windowOf(
  { node: { attr } }: Call,
  size: readonly [number, number],
  kernel: readonly [number, number],
): TfWindow {
  const strides = spatial(intsAttribute(attr, 'strides'), 'strides')
  const dilations = spatial(intsAttribute(attr, 'dilations'), 'dilations')
  const padding = textAttribute(attr, 'padding', '')
  const pads = (): Pads => {
    if (padding === 'VALID') return [0, 0, 0, 0]
    if (padding === 'EXPLICIT') return explicit(intsAttribute(attr, 'explicit_paddings'))
    if (padding !== 'SAME')
      throw invalidInput(`its padding is "${padding}", wanted SAME, VALID or EXPLICIT`)
    const [top, bottom] = same(size[0], kernel[0], strides[0], dilations[0])
    const [left, right] = same(size[1], kernel[1], strides[1], dilations[1])
    return [top, left, bottom, right]
  }
  return { strides, dilations, pads: pads() }
}

function same(size: number, kernel: number, stride: number, dilation: number): [number, number] {
  const places = Math.ceil(size / stride)
  const missing = Math.max(0, (places - 1) * stride + (kernel - 1) * dilation + 1 - size)
  return [Math.floor(missing / 2), Math.ceil(missing / 2)]
}

/** Height and width of the four numbers [1, height, width, 1]. */
export function spatial(values: readonly number[], name: string): [number, number] {
  const [n = 1, height = 1, width = 1, c = 1] = values
  if (
    n !== 1 ||
    c !== 1 ||
    !(height > 0 && width > 0) ||
    (values.length > 0 && values.length !== 4)
  )
    throw invalidInput(`its ${name} are [${values.join(', ')}], wanted [1, height, width, 1]`)
  return [height, width]
}

function explicit(values: readonly number[]): Pads {
  const [n0, n1, top, bottom, left, right, c0, c1] = values
  const outside = [n0, n1, c0, c1].some((pad) => pad !== 0)
  if (values.length !== 8 || outside || values.some((pad) => pad < 0))
    throw invalidInput(`its explicit_paddings are [${values.join(', ')}], wanted 8 of pictures`)
  return [top!, left!, bottom!, right!]
}
