import { invalidInput, shapeError } from '../core/index.ts'
import { type Parameter, type StateUpdate, type Value, writeModel } from '../onnx/index.ts'
import { allocate, formatShape, sameShape, sizeOf, type Tensor } from '../tensor/index.ts'
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
 * run reads one and writes the other, so no state is ever copied back to where it was read.
 * (onnxruntime-node makes a copy of every output besides, which is dropped at once.)
 * @throws InvalidInput when a parameter has two updates; Shape when one would change its shape
 */
export async function compileStep({ outputs, updates, session }: StepOptions): Promise<Step> {
  const states = updates.map(({ state }) => state)
  assertUpdates(updates)
  // A colon keeps these names apart from those of inputs and outputs.
  const names = new Map(states.map((state, i) => [state, `state:${i}`]))
  const nexts = updates.map(({ next }, i) => [`next:${i}`, next] as const)
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
    Object.fromEntries(side.map((buffer, i) => [`${prefix}:${i}`, buffer]))
  const feeds = sides.map((side) =>
    Object.fromEntries(Object.entries(named('state', side)).filter(([name]) => used.has(name))),
  )
  const fetches = sides.map((side) => ({ ...results, ...named('next', side) }))
  const places = new Map(states.map((state, i) => [state, i]))
  const bufferOf = (parameter: Parameter, side: 0 | 1): Tensor => {
    const place = places.get(parameter)
    if (place === undefined)
      throw invalidInput(
        `step: a parameter of shape ${formatShape(parameter.shape)} is not among its updates`,
      )
    return sides[side][place]!
  }
  let now: 0 | 1 = 0
  return {
    async run(given) {
      const next = now === 0 ? 1 : 0
      await compiled.run({ ...feeds[now], ...given }, fetches[next]!)
      now = next
      return results
    },
    state: (parameter) => bufferOf(parameter, now),
    previous: (parameter) => bufferOf(parameter, now === 0 ? 1 : 0),
    sync() {
      for (const [state, i] of places) copyInto(state, sides[now][i]!.data)
    },
    close: () => compiled.close(),
  }
}

function bufferFor({ dtype, shape }: Value): Tensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) }
}

function assertUpdates(updates: readonly StateUpdate[]): void {
  if (new Set(updates.map(({ state }) => state)).size !== updates.length)
    throw invalidInput('step: a parameter has two updates; it can have one next value only')
  for (const { state, next } of updates)
    if (!sameShape(state.shape, next.shape) || state.dtype !== next.dtype)
      throw shapeError(
        `step: the next value of a ${state.dtype} parameter of shape ${formatShape(state.shape)} is ${next.dtype} of shape ${formatShape(next.shape)}; they must agree`,
      )
}

function copyInto({ data }: Pick<Tensor, 'data'>, source: Tensor['data']): void {
  ;(data as Float32Array).set(source as Float32Array)
}
