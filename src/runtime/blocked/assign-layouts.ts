import type { Node, StateUpdate, Value } from '../../onnx/index.ts'
import { sameShape } from '../../tensor/index.ts'
import { elementwiseOperators } from './elementwise-operators.ts'
import type { Eligible } from './eligible.ts'
import type { Layout } from './layout.ts'

/** Operators whose output is best laid out as their first input. */
const following: ReadonlySet<string> = new Set([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'BatchNormalization',
])

/**
 * Chooses a layout for each Value: convolutions want their pictures and weights blocked, and what is
 * connected to those element by element follows, so that nothing is reordered in between.
 */
export function assignLayouts({
  nodes,
  updates,
  kinds,
  block,
}: {
  readonly nodes: readonly Node[]
  readonly updates: readonly StateUpdate[]
  readonly kinds: ReadonlyMap<Node, Eligible>
  readonly block: number
}): (value: Value) => Layout {
  const { find, join } = unionFind<Value>()
  for (const node of nodes) {
    const [output] = node.outputs
    const elementwise = elementwiseOperators.has(node.op) && node.domain === ''
    for (const input of node.inputs)
      if (input !== null && elementwise && fourAxes(input, output!)) join(input, output!)
    const follows = following.has(node.op) && node.domain === '' && node.outputs.length === 1
    if (follows || node.op === 'MaxPoolGradient') join(node.inputs[0]!, output!)
  }
  for (const { state, next } of updates) join(state, next)
  const wanted = new Map<Value, Layout>()
  const want = (value: Value, layout: Layout): void => {
    const whole = value.shape[1]! % block === 0
    if (whole && wanted.get(find(value)) !== 'weights') wanted.set(find(value), layout)
  }
  for (const [node, { kind }] of kinds) {
    const [first, second] = [node.inputs[0]!, node.inputs[1]!]
    const [output] = node.outputs
    if (kind !== 'weightGradient') want(output!, 'channels')
    want(first, 'channels')
    if (kind === 'weightGradient') {
      want(second, 'channels')
      want(output!, 'weights')
    } else if (kind !== 'depthwise') want(second, 'weights')
  }
  return (value) => (isBlockable(value) ? (wanted.get(find(value)) ?? 'plain') : 'plain')
}

/** onnxruntime's own operators take float32 alone; a choice lies as what it chooses from. */
const isBlockable = ({ dtype, shape }: Value): boolean =>
  shape.length === 4 && (dtype === 'float32' || dtype === 'bool')

const fourAxes = (a: Value, b: Value): boolean =>
  a.shape.length === 4 && sameShape(a.shape, b.shape)

function unionFind<T>() {
  const parents = new Map<T, T>()
  const find = (one: T): T => {
    let root = one
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up
    if (root !== one) parents.set(one, root)
    return root
  }
  return {
    find,
    join(a: T, b: T): void {
      const [x, y] = [find(a), find(b)]
      if (x !== y) parents.set(x, y)
    },
  }
}
