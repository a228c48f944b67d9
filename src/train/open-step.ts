import { numericError } from '../core/index.ts'
import { reachable } from '../onnx/index.ts'
import { compileStep, type NamedTensors, type SessionOptions, type Step } from '../runtime/index.ts'
import type { Tensor } from '../tensor/index.ts'
import type { StepGraph } from './build-step.ts'
import { describeFirstBadValue } from './first-bad-value.ts'
import { keepInput } from './gathering.ts'

/** A compiled step of a training. */
export interface TrainingStep {
  /**
   * Takes as many batches as make a step and moves every state to its next value.
   * @returns the outputs, each the mean over the batches
   * @throws Numeric when the loss or the norm of the gradients is no number, naming the first bad value
   */
  run(
    batches: AsyncIterator<NamedTensors, undefined>,
    at: StepPosition,
  ): Promise<Readonly<Record<string, number>>>
  /** Brings every state into its parameter's own data. */
  sync(): void
  close(): Promise<void>
}

/** When a step takes place. */
export interface StepPosition {
  /** The learning rate, and whatever else follows a schedule, by the name of its input. */
  readonly scheduled: Readonly<Record<string, number>>
  /** Counted from 1. */
  readonly step: number
  readonly epoch: number
}

/** Compiles a step: one graph, or two where several batches make one. */
export async function openStep(graph: StepGraph, session?: SessionOptions): Promise<TrainingStep> {
  const options = session === undefined ? {} : { session }
  const step = await compileStep({ ...graph, ...options })
  const { gathering } = graph
  const scalars = scalarsOf(graph)
  if (gathering === undefined)
    return {
      async run(batches, at) {
        const feeds = { ...(await take(batches)), ...scalars(at) }
        return checked({ graph, step, feeds, at }, await step.run(feeds))
      },
      sync: () => step.sync(),
      close: () => step.close(),
    }
  const gather = await compileStep({ ...gathering, ...options }).catch(async (error: unknown) => {
    await step.close()
    throw error
  })
  const gatherGraph = { ...gathering, states: graph.states }
  const gatherScalars = scalarsOf(gathering)
  return {
    async run(batches, at) {
      const sums: Record<string, number> = {}
      const read: Record<string, Tensor> = {}
      for (const [{ name }, weight] of gathering.reads) read[name] = step.state(weight)
      for (let i = 0; i < gathering.batches; i++) {
        // to what follows from the number of the step by chance each batch is a step
        const count = (at.step - 1) * gathering.batches + i + 1
        const scalars = gatherScalars({ ...at, step: count })
        const keep = { [keepInput]: scalarTensor(i === 0 ? 0 : 1) }
        const feeds = { ...(await take(batches)), ...scalars, ...keep, ...read }
        const outputs = await gather.run(feeds)
        const found = await checked({ graph: gatherGraph, step: gather, feeds, at }, outputs)
        for (const [name, x] of Object.entries(found))
          sums[name] = (sums[name] ?? 0) + x / gathering.batches
      }
      const feeds: Record<string, Tensor> = scalars(at)
      for (const [{ name }, sum] of gathering.gradients) feeds[name] = gather.state(sum)
      return { ...sums, ...(await checked({ graph, step, feeds, at }, await step.run(feeds))) }
    },
    sync() {
      gather.sync()
      step.sync()
    },
    async close() {
      await Promise.all([gather.close(), step.close()])
    },
  }
}

async function take(batches: AsyncIterator<NamedTensors, undefined>): Promise<NamedTensors> {
  return (await batches.next()).value ?? {}
}

/** The scalars that a graph takes of those that each step has: not every optimizer uses all. */
function scalarsOf({ outputs, updates }: Pick<StepGraph, 'outputs' | 'updates'>) {
  const { leaves } = reachable([...Object.values(outputs), ...updates.map(({ next }) => next)])
  const taken = new Set(leaves.flatMap((leaf) => (leaf.kind === 'input' ? [leaf.name] : [])))
  return ({ scheduled, step }: StepPosition): Record<string, Tensor> => {
    const scalars = Object.entries({ ...scheduled, step }).filter(([name]) => taken.has(name))
    return Object.fromEntries(scalars.map(([name, x]) => [name, scalarTensor(x)]))
  }
}

type Ran = {
  readonly graph: Pick<StepGraph, 'outputs' | 'updates' | 'states'>
  readonly step: Step
  readonly feeds: NamedTensors
  readonly at: StepPosition
}

/** The outputs as numbers. */
async function checked(
  { graph, step, feeds, at }: Ran,
  outputs: NamedTensors,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const [name, { data }] of Object.entries(outputs)) found[name] = Number(data[0])
  for (const [name, words] of [
    ['loss', 'the loss'],
    ['gradientNorm', 'the norm of the gradients'],
  ] as const)
    if (found[name] !== undefined && !Number.isFinite(found[name]))
      throw numericError(
        `training: ${words} is ${found[name]} at step ${at.step} (epoch ${at.epoch + 1}): ${await describeFirstBadValue(graph, step, feeds)}; lower the learning rate or look at that input`,
      )
  return found
}

function scalarTensor(x: number): Tensor<'float32'> {
  return { dtype: 'float32', shape: [], data: Float32Array.of(x) }
}
