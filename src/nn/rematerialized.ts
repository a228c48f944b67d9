import { gradients } from '../autodiff/index.ts'
import { rngFromState, unsupportedOp } from '../core/index.ts'
import {
  add,
  compositeDomain,
  compute,
  mul,
  type Parameter,
  reachable,
  reduceSum,
  reshape,
  slice,
  stopGradient,
  sub,
  type Value,
} from '../onnx/index.ts'
import { formatShape } from '../tensor/index.ts'
import type { Layer, Mode, Training } from './layer.ts'

/**
 * A layer whose inner values are not kept for the backward pass but computed once more there: less
 * memory for a longer step. Wrap the blocks of a deep network, not single operations; what comes out of
 * each wrapped layer is kept.
 * @see Chen et al. 2016, Training deep nets with sublinear memory cost
 */
export class Rematerialized implements Layer {
  readonly layer: Layer

  constructor(layer: Layer) {
    this.layer = layer
  }

  /** @throws UnsupportedOp when the layer also reads something else that is learned on the way to x */
  apply(x: Value, mode: Mode): Value {
    if (mode.kind === 'inference') return this.layer.apply(x, mode)
    const chance = mode.rng.state()
    const y = this.layer.apply(x, mode)
    const learned = weightsBetween(x, y)
    return compute({
      op: 'Rematerialized',
      domain: compositeDomain,
      inputs: [y, x, ...learned],
      outputs: [y],
      expansion: ([y]) => [y!],
      gradient: (_, [dy]) => [undefined, ...this.#backward(x, { mode, chance, learned, dy: dy! })],
    })[0]!
  }

  /** The gradients by x and by the weights, through a second forward pass that waits for dy. */
  #backward(x: Value, given: Backward): readonly Value[] {
    const { mode, chance, learned, dy } = given
    const again = after(x, dy)
    // the running statistics have moved already, and what was dropped is dropped again
    const y = this.layer.apply(again, { ...mode, updates: [], rng: rngFromState(chance) })
    // dy comes from the first pass and with it from the weights, but this is not the way to them
    return gradients(reduceSum(mul(y, stopGradient(dy))), [again, ...learned])
  }
}

interface Backward {
  readonly mode: Training
  readonly chance: readonly number[]
  readonly learned: readonly Parameter[]
  readonly dy: Value
}

/** The weights that y is computed with on its way from x. */
function weightsBetween(x: Value, y: Value): Parameter[] {
  const before = new Set(reachable([x]).nodes)
  const within = reachable([y]).nodes.filter((node) => !before.has(node))
  const read = new Set(within.flatMap((node) => node.inputs))
  for (const value of read)
    if (value?.kind === 'computed' && value !== x && before.has(value.node) && isLearned(value))
      throw unsupportedOp(
        `Rematerialized: besides its input the layer reads ${formatShape(value.shape)} of ${value.node.op}, which is learned on the way to that input, and no gradient would reach it; wrap a layer that has both inside`,
      )
  return [...read].filter((value) => value?.kind === 'parameter').filter(isWeight)
}

const isWeight = ({ role }: Parameter): boolean => role === 'weight'

const isLearned = (value: Value): boolean =>
  reachable([value]).leaves.some((leaf) => leaf.kind === 'parameter' && isWeight(leaf))

/** x, but not before `trigger` is known, so that nothing takes it for x; where the way back ends. */
function after(x: Value, trigger: Value): Value {
  const one = trigger.shape.map((_, axis) => ({ axis, start: 0, end: 1 }))
  const first = one.length === 0 ? trigger : reshape(slice(trigger, one), [])
  return stopGradient(add(x, sub(first, first)))
}
