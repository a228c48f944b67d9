import {
  type Attributes,
  add,
  floatOf,
  int,
  ints,
  mul,
  type Node,
  pow,
  reshape,
  sub,
  text,
  type Value,
  type Window,
  windowAttributes,
} from '../../onnx/index.ts'
import type { Shape } from '../../tensor/index.ts'
import type { Eligible } from './eligible.ts'
import { shapeIn } from './layout.ts'
import { nchwc } from './nchwc.ts'
import type { Places } from './places.ts'

/** How a blocked convolution is applied. */
interface BlockedConv {
  readonly x: Value
  /** [N, C, H, W] of x. */
  readonly inputShape: Shape
  readonly weight: Value
  /** [O, C / groups, kH, kW] */
  readonly weightShape: Shape
  readonly bias?: Value | undefined
  readonly window: Required<Window>
  readonly groups?: number
  /** [N, O, H', W'] */
  readonly shape: Shape
  /** Whether a Relu follows. */
  readonly relu?: boolean
}

/** A convolution of blocked Values. [N, C/B, H, W, B] → [N, O/B, H', W', B] */
export function blockedConv(conv: BlockedConv, block: number): Value {
  const { x, weight, bias, window, groups = 1, shape, relu = false } = conv
  const attributes: Attributes = {
    ...windowAttributes(window),
    kernel_shape: ints(conv.weightShape.slice(2)),
    group: int(groups),
    ...(relu ? { activation: text('Relu') } : {}),
  }
  const inputs = [reshape(x, conv.inputShape), reshape(weight, conv.weightShape)]
  const y = nchwc('Conv', bias === undefined ? inputs : [...inputs, bias], shape, attributes)
  return reshape(y, shapeIn('channels', shape, block))
}

/** A Conv node in blocked form. */
export function lowerConv(
  node: Node,
  { kind, window }: Eligible,
  { places, relu }: { readonly places: Places; readonly relu: boolean },
): Value {
  const [x, weight, bias] = node.inputs as [Value, Value, Value | undefined | null]
  const o = weight.shape[0]!
  const whole = x.shape[1]! % places.block === 0
  const oneSided = kind === 'depthwise' || !whole
  return blockedConv(
    {
      x: places.in(whole ? 'channels' : 'plain', x),
      inputShape: x.shape,
      weight: oneSided
        ? outputsInnermost(places.in('plain', weight))
        : places.in('weights', weight),
      weightShape: weight.shape,
      bias: bias == null ? undefined : places.in('plain', bias),
      window,
      groups: kind === 'depthwise' ? o : 1,
      shape: node.outputs[0]!.shape,
      relu,
    },
    places.block,
  )
}

/** [O, C, kH, kW] → [O/B, C, kH, kW, B], under the same shape: where inputs are not blocked. */
function outputsInnermost(weight: Value): Value {
  const [o, ...rest] = weight.shape as [number, number, number, number]
  const row = reshape(weight, [1, o, 1, rest.reduce((a, b) => a * b)])
  return nchwc('ReorderInput', [row], row.shape)
}

/** scale · x + shift for each channel, in one pass. [N, C/B, H, W, B], [C], [C] */
export function channelwise(
  x: Value,
  shape: Shape,
  { scale, shift, relu = false }: { scale: Value; shift?: Value; relu?: boolean },
): Value {
  const channels = shape[1]!
  return blockedConv(
    {
      x,
      inputShape: shape,
      weight: scale,
      weightShape: [channels, 1, 1, 1],
      bias: shift,
      window: { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] },
      groups: channels,
      shape,
      relu,
    },
    x.shape.at(-1)!,
  )
}

/** A BatchNormalization node with given statistics, in blocked form. */
export function lowerBatchNormalization(
  node: Node,
  { places, relu }: { readonly places: Places; readonly relu: boolean },
): Value {
  const [x, ...rest] = node.inputs as [Value, Value, Value, Value, Value]
  const [scale, shift, mean, variance] = rest.map((value) => places.in('plain', value))
  const gain = mul(scale!, pow(add(variance!, floatOf(node.attributes, 'epsilon', 1e-5)), -0.5))
  return channelwise(places.in('channels', x), x.shape, {
    scale: gain,
    shift: sub(shift!, mul(mean!, gain)),
    relu,
  })
}

/** A pooling node in blocked form. */
export function lowerPool(node: Node, places: Places): Value {
  const [x] = node.inputs as [Value]
  const [{ shape }] = node.outputs as [Value]
  const { storage_order: _, ...attributes } = node.attributes
  const y = nchwc(node.op, [reshape(places.in('channels', x), x.shape)], shape, attributes)
  return reshape(y, shapeIn('channels', shape, places.block))
}
