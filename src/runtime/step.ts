import { invalidInput, shapeError } from '../core/index.ts'
import { type Parameter, type StateUpdate, type Value, writeModel } from '../onnx/index.ts'
import { allocate, formatShape, sameShape, sizeOf, type Tensor } from '../tensor/index.ts'
import { blockChannels } from './blocked/block-channels.ts'
import { blockSize } from './blocked/block-size.ts'
import { moveWeights } from './blocked/move-weights.ts'
import { statesToOverwrite } from './overwrite.ts'
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
  /**
   * The parameters as they were before the last run: what a failed step started from. undefined for
   * those that were written over.
   */
  previous(parameter: Parameter): Tensor | undefined
  /** Brings every state into its parameter's own data, where the next graph starts from. */
  sync(): void
  close(): Promise<void>
}

/** What {@link compileStep} compiles. */
export interface StepOptions {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  readonly session?: SessionOptions
}

type PlainStep = Pick<StepOptions, 'outputs' | 'updates'>

const sentinel = 'sentinel:'

/**
 * Compiles forward pass, loss, backward pass and optimizer as one graph.
 *
 * Every state is an input and its next value an output. A state that nothing but the first operation of its
 * own update reads is written over; each other one has two buffers, and each run reads one and writes
 * the other. So no state is ever copied. The parameter's own data is one of the buffers: until
 * `sync` it may hold an older value.
 * @throws InvalidInput when a parameter has two updates; Shape when one would change its shape
 */
export async function compileStep({ outputs, updates, session }: StepOptions): Promise<Step> {
  const states = updates.map(({ state }) => state)
  assertUpdates(updates)
  const laid = await laidOut({ outputs, updates }, session)
  const kept = laid.updates.map(({ state }) => state)
  // A colon keeps these names apart from those of inputs and outputs.
  const names = new Map(kept.map((state, i) => [state, `state:${i}`]))
  const nexts = laid.updates.map(({ next }, i) => [`next:${i}`, next] as const)
  const graph = { ...laid.outputs, ...Object.fromEntries(nexts) }
  const model = writeModel(graph, { parameterInputs: names, sentinel })
  const compiled = await openSession(model, { name: 'step', ...session, sentinel })
  const results = Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, bufferFor(value)]),
  )
  const overwritten = statesToOverwrite(laid.outputs, laid.updates)
  const first = kept.map(({ dtype, shape, data }): Tensor => ({ dtype, shape, data }))
  const sides = [
    first,
    kept.map((state, i) => (overwritten.has(state) ? first[i]! : bufferFor(state))),
  ] as const
  const isMoved = (i: number): boolean => kept[i] !== states[i]
  states.forEach((state, i) => {
    if (isMoved(i)) moveWeights(state, first[i]!, 'blocked')
  })
  const named = (prefix: string, side: readonly Tensor[]): Record<string, Tensor> =>
    Object.fromEntries(side.map((buffer, i) => [`${prefix}:${i}`, buffer]))
  const feeds = sides.map((side) => named('state', side))
  const inputs = compiled.inputNames.filter((name) => !Object.hasOwn(feeds[0]!, name))
  const fetches = sides.map((side) => ({ ...results, ...named('next', side) }))
  const places = new Map(states.map((state, i) => [state, i]))
  const placeOf = (parameter: Parameter): number => {
    const place = places.get(parameter)
    if (place === undefined)
      throw invalidInput(
        `step: a parameter of shape ${formatShape(parameter.shape)} is not among its updates`,
      )
    return place
  }
  // Made when first asked for, and kept: a gradient that is gathered is asked for at each step.
  const plain: [Map<number, Tensor>, Map<number, Tensor>] = [new Map(), new Map()]
  const contentOf = (i: number, side: 0 | 1): Tensor => {
    if (!isMoved(i)) return sides[side][i]!
    const buffer = plain[side].get(i) ?? bufferFor(states[i]!)
    plain[side].set(i, buffer)
    moveWeights(sides[side][i]!, buffer, 'plain')
    return buffer
  }
  let now: 0 | 1 = 0
  return {
    async run(given) {
      const next = now === 0 ? 1 : 0
      // the same records in every run, which then allocates nothing for them
      const fed = feeds[now]!
      for (const name of inputs) fed[name] = given[name]!
      await compiled.run(fed, fetches[next]!)
      now = next
      return results
    },
    state: (parameter) => contentOf(placeOf(parameter), now),
    previous(parameter) {
      const place = placeOf(parameter)
      return overwritten.has(kept[place]!) ? undefined : contentOf(place, now === 0 ? 1 : 0)
    },
    sync() {
      kept.forEach((state, i) => {
        if (now === 1 && !overwritten.has(state)) copyInto(first[i]!, sides[1][i]!)
        if (isMoved(i)) moveWeights(first[i]!, states[i]!, 'plain')
      })
      now = 0
    },
    close: () => compiled.close(),
  }
}

/** The step with its convolutions in the processor's fast layout, where it has one. */
async function laidOut(step: PlainStep, { device = 'cpu' }: SessionOptions = {}) {
  return blockChannels(step, device === 'cpu' ? await blockSize() : 0)
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

function copyInto({ data }: Tensor, source: Tensor): void {
  ;(data as Float32Array).set(source.data as Float32Array)
}
