import {
  expandComposites,
  type Node,
  reachable,
  reapply,
  type StateUpdate,
  type Value,
} from '../../onnx/index.ts'
import { assignLayouts } from './assign-layouts.ts'
import { elementwiseOperators } from './elementwise-operators.ts'
import { type Eligible, eligible } from './eligible.ts'
import type { Layout } from './layout.ts'
import { lowerBatchNormalization, lowerConv, lowerPool } from './lower-convolution.ts'
import { lowerElementwise, lowerExpand } from './lower-elementwise.ts'
import { lowerInputGradient } from './lower-input-gradient.ts'
import { lowerReduction, reductions } from './lower-reduction.ts'
import { lowerSum } from './lower-sum.ts'
import { lowerWeightGradient } from './lower-weight-gradient.ts'
import { Places } from './places.ts'

/** A step as {@link blockChannels} takes and gives it. */
interface StepValues {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
}

/** What became of a node. */
interface Lowered {
  readonly layout: Layout
  readonly value: Value
  /** Whether a Relu that follows is part of it. */
  readonly relu: boolean
}

const pools: ReadonlySet<string> = new Set([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
])

/**
 * Rewrites a training step so that its convolutions run on channels in blocks, onnxruntime's fast
 * layout, which it chooses by itself only where weights are constant. What lies between
 * convolutions stays in that layout; weights, their gradients and their optimizer states are kept in
 * the one that the convolution wants.
 *
 * @param block channels in a block; 0 where the processor has no such layout
 * @returns the step with updates in the same order, some of which have a stand-in for their state, in layout
 *   `weights`
 */
export function blockChannels(step: StepValues, block: number): StepValues {
  if (block === 0) return step
  const { outputs, updates } = expanded(step, block)
  const given = [...Object.values(outputs), ...updates.map(({ next }) => next)]
  const { nodes } = reachable(given)
  const kinds = new Map<Node, Eligible>()
  for (const node of nodes) {
    const kind = eligible(node, block)
    if (kind !== undefined) kinds.set(node, kind)
  }
  if (kinds.size === 0) return step
  const layoutOf = assignLayouts({ nodes, updates, kinds, block })
  const states = updates.map(({ state }) => state)
  const places = new Places(block, layoutOf, new Set<Value>(states))
  const takers = takersOf(nodes)
  const isInner = (value: Value): boolean =>
    takers.get(value)?.length === 1 && !given.includes(value)
  for (const node of nodes) {
    const [output] = node.outputs as [Value]
    if (node.outputs.length === 1 && places.has(output)) continue
    const lowered = node.outputs.length === 1 ? lower(node) : undefined
    if (lowered === undefined) emit(node)
    else {
      const relu = reluAfter(node)
      const named = relu !== undefined && lowered.relu ? relu.outputs[0]! : output
      places.set(named, lowered.layout, lowered.value)
    }
  }
  const moved = updates.map(({ state, next }): StateUpdate => {
    const kept = places.state(state)
    return { state: kept, next: places.in(kept === state ? 'plain' : 'weights', next) }
  })
  const plain = Object.entries(outputs).map(([name, value]) => [name, places.in('plain', value)])
  return { outputs: Object.fromEntries(plain), updates: moved }

  /** The Relu that alone takes what a node gives. */
  function reluAfter(node: Node): Node | undefined {
    const [output] = node.outputs as [Value]
    const [taker] = takers.get(output) ?? []
    return isInner(output) && taker?.op === 'Relu' ? taker : undefined
  }

  /** A node in blocked form, where it has one, and whether a Relu that follows is part of it. */
  function lower(node: Node): Lowered | undefined {
    const [output] = node.outputs as [Value]
    const layout = layoutOf(output)
    const kind = kinds.get(node)
    const relu = reluAfter(node) !== undefined
    const inLayout = (value: Value | undefined, at: Layout = layout): Lowered | undefined =>
      value === undefined ? undefined : { layout: at, value, relu: false }
    const withRelu = (value: Value): Lowered => ({ layout: 'channels', value, relu })
    if (kind?.kind === 'weightGradient')
      return inLayout(
        lowerWeightGradient(node, kind, places),
        output.shape[1]! % block === 0 ? 'weights' : 'plain',
      )
    if (kind?.kind === 'inputGradient')
      return inLayout(lowerInputGradient(node, kind, places), 'channels')
    if (kind !== undefined) return withRelu(lowerConv(node, kind, { places, relu }))
    if (node.domain !== '') return undefined
    if (reductions.has(node.op)) {
      const from = layoutOf(node.inputs[0]!)
      return from === 'plain' ? undefined : inLayout(lowerReduction(node, from, places), 'plain')
    }
    if (layout === 'plain') return undefined
    if (node.op === 'Add' && layout === 'channels') {
      const sum = lowerSum(node, { places, relu, isInner })
      if (sum !== undefined) return withRelu(sum)
    }
    if (elementwiseOperators.has(node.op)) return inLayout(lowerElementwise(node, layout, places))
    if (layout !== 'channels') return undefined
    if (node.op === 'Expand') return inLayout(lowerExpand(node, places))
    if (isBatchNormalization(node)) return withRelu(lowerBatchNormalization(node, { places, relu }))
    return pools.has(node.op) ? inLayout(lowerPool(node, places)) : undefined
  }

  /** A node as it was, on plain Values. */
  function emit(node: Node): void {
    const inputs = node.inputs.map((value) => (value === null ? null : places.in('plain', value)))
    const made = reapply(node, inputs)
    node.outputs.forEach((output, i) => {
      places.set(output, 'plain', made[i]!)
    })
  }
}

/** The step with what stands for other nodes replaced by them, but for what is blocked. */
function expanded({ outputs, updates }: StepValues, block: number): StepValues {
  const nexts = Object.fromEntries(updates.map(({ next }, i) => [`next:${i}`, next]))
  const all = expandComposites(
    { ...outputs, ...nexts },
    (node) => eligible(node, block) !== undefined,
  )
  return {
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, all[name]!])),
    updates: updates.map(({ state }, i) => ({ state, next: all[`next:${i}`]! })),
  }
}

const isBatchNormalization = ({ op, outputs, inputs }: Node): boolean =>
  op === 'BatchNormalization' && outputs.length === 1 && inputs[0]!.shape.length === 4

/** The nodes that take each Value. */
function takersOf(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const takers = new Map<Value, Node[]>()
  for (const node of nodes)
    for (const value of node.inputs) {
      if (value === null) continue
      const known = takers.get(value)
      if (known === undefined) takers.set(value, [node])
      else known.push(node)
    }
  return takers
}
