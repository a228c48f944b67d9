import { reachable, type Value } from '../onnx/index.ts'
import { evaluate, type NamedTensors, type Step } from '../runtime/index.ts'
import { formatShape, type Tensor } from '../tensor/index.ts'
import type { StepGraph } from './build-step.ts'

/**
 * Repeats a failed step from the state it started with and names the first thing that is not
 * finite: an input, a state or an operator's output, in the order of computation.
 */
export async function describeFirstBadValue(
  { outputs, updates, states }: Pick<StepGraph, 'outputs' | 'updates' | 'states'>,
  step: Step,
  feeds: NamedTensors,
): Promise<string> {
  for (const [name, fed] of Object.entries(feeds)) {
    const bad = firstBad(fed)
    if (bad !== undefined) return `input "${name}" has ${bad}`
  }
  const nameOf = new Map<Value, string>([...states].map(([name, state]) => [state, name]))
  for (const { state } of updates) {
    const before = step.previous(state)
    if (before === undefined) continue // written over; its update is the end of the graph
    const bad = firstBad(before)
    if (bad !== undefined) return `state "${nameOf.get(state)}" had ${bad} before the step`
    ;(state.data as Float32Array).set(before.data as Float32Array)
  }
  const { nodes } = reachable([...Object.values(outputs), ...updates.map(({ next }) => next)])
  for (let start = 0; start < nodes.length; start += 100) {
    const values = nodes.slice(start, start + 100).flatMap((node) => node.outputs)
    const floats = values.filter(({ dtype }) => dtype.startsWith('float'))
    const computed = await evaluate(
      Object.fromEntries(floats.map((value, i) => [`out${i}`, value])),
      feeds,
    )
    for (const [i, value] of floats.entries()) {
      const bad = firstBad(computed[`out${i}`]!)
      if (bad === undefined) continue
      const from = value.node.inputs
        .map((part) => (part === null ? '' : (nameOf.get(part) ?? formatShape(part.shape))))
        .join(', ')
      return `${value.node.op} (${from}) → ${formatShape(value.shape)} gives ${bad}`
    }
  }
  return 'every value is finite when the step is repeated'
}

function firstBad({ dtype, data, shape }: Tensor): string | undefined {
  if (!dtype.startsWith('float')) return undefined
  const numbers = data as Float32Array
  for (let i = 0; i < numbers.length; i++)
    if (!Number.isFinite(numbers[i]))
      return `${numbers[i]} at element ${i} of ${formatShape(shape)}`
  return undefined
}
