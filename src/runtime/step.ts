import { type Parameter, type StateUpdate, type Value, writeModel } from '../onnx/index.ts'
import { allocate, sizeOf, type Tensor } from '../tensor/index.ts'
import { type NamedTensors, openSession, type SessionOptions } from './session.ts'

/** A compiled graph that changes its parameters each time it runs. */
export interface Step {
  /**
   * Runs once and moves every state to its next value.
   * @returns the outputs, in buffers that the next run overwrites
   */
  run(feeds: NamedTensors): Promise<NamedTensors>
  /** The parameters as they are now; views that the next run invalidates. */
  state(parameter: Parameter): Tensor
  /** The parameters as they were before the last run: what a failed step started from. */
  previous(parameter: Parameter): Tensor
  /** Copies every state into its parameter's own data, where the next graph starts from. */
  sync(): void
  close(): Promise<void>
}

/** What {@link compileStep} compiles. */
export interface StepOptions {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  readonly session?: SessionOptions
}

/**
 * Compiles forward pass, loss, backward pass and optimizer as one graph.
 *
 * Every state is an input and its next value an output; there are two sets of buffers, and each
 * run reads one and writes the other, so a step copies and allocates nothing.
 */
export async function compileStep({ outputs, updates, session }: StepOptions): Promise<Step> {
  const states = updates.map(({ state }) => state)
  const names = new Map(states.map((state, i) => [state, `state${i}`]))
  const nexts = updates.map(({ next }, i) => [`next${i}`, next] as const)
  const graph = { ...outputs, ...Object.fromEntries(nexts) }
  const compiled = await openSession(writeModel(graph, { parameterInputs: names }), session)
  const results = Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, bufferFor(value)]),
  )
  const sides = [states.map(bufferFor), states.map(bufferFor)] as const
  states.forEach((state, i) => {
    copyInto(sides[0][i]!, state.data)
  })
  const used = new Set(compiled.inputNames)
  const named = (prefix: string, side: readonly Tensor[]): Record<string, Tensor> =>
    Object.fromEntries(side.map((buffer, i) => [`${prefix}${i}`, buffer]))
  const feeds = sides.map((side) =>
    Object.fromEntries(Object.entries(named('state', side)).filter(([name]) => used.has(name))),
  )
  const fetches = sides.map((side) => ({ ...results, ...named('next', side) }))
  const place = new Map(states.map((state, i) => [state, i]))
  let now: 0 | 1 = 0
  return {
    async run(given) {
      const next = now === 0 ? 1 : 0
      await compiled.run({ ...feeds[now], ...given }, fetches[next]!)
      now = next
      return results
    },
    state: (parameter) => sides[now][place.get(parameter)!]!,
    previous: (parameter) => sides[now === 0 ? 1 : 0][place.get(parameter)!]!,
    sync() {
      for (const [state, i] of place) copyInto(state, sides[now][i]!.data)
    },
    close: () => compiled.close(),
  }
}

function bufferFor({ dtype, shape }: Value): Tensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) }
}

function copyInto({ data }: Pick<Tensor, 'data'>, source: Tensor['data']): void {
  ;(data as Float32Array).set(source as Float32Array)
}
