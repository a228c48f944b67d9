import { gradients } from '../autodiff/index.ts'
import { AppError, invalidInput, type Rng, shapeError } from '../core/index.ts'
import { parametersOf, type Training } from '../nn/index.ts'
import { input, mul, type Parameter, type StateUpdate, type Value } from '../onnx/index.ts'
import { clipByNorm, clipByValue } from '../optim/index.ts'
import { formatShape, sizeOf } from '../tensor/index.ts'
import { type Gathering, gathering } from './gathering.ts'
import { type LearnedWeight, learnedWeights } from './learned-weights.ts'
import type { Phase, StepPlan } from './plan.ts'

/** What {@link buildStep} makes of a phase and a plan, not yet compiled. */
export interface StepGraph {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  /** Every state by a name that stays the same from run to run. */
  readonly states: ReadonlyMap<string, Parameter>
  /** Averages of the weights by the weights' names, where the plan has them. */
  readonly averages: ReadonlyMap<string, Parameter>
  /** Where several batches make a step: what runs for each of them before all the above. */
  readonly gathering?: Gathering
}

/** What {@link buildStep} builds from. */
export interface StepParts {
  readonly phase: Phase
  readonly plan: StepPlan
  /** For layers that drop elements: equal generators and steps drop the same ones. */
  readonly rng: Rng
}

/**
 * Appends backward pass and optimizer to a phase's loss. The graph has up to two more scalar inputs,
 * `learningRate` and `step`, where they are needed.
 * @throws InvalidInput when a weight receives no gradient or a setting of the plan cannot be; Shape when an
 *   output is no scalar
 */
export function buildStep({ phase, plan, rng }: StepParts): StepGraph {
  const { network, accumulate = 1 } = plan
  if (!Number.isInteger(accumulate) || accumulate < 1)
    throw invalidInput(
      `training: accumulate is ${accumulate}, it must be a whole number of batches, 1 or more`,
    )
  const [learningRate, step] = [input('learningRate', []), input('step', [])]
  const mode: Training = { kind: 'training', updates: [], step, rng }
  const outputs = phase.build(mode)
  assertColumns(outputs)
  const parameters = parametersOf(network)
  const weights = learnedWeights(parameters, plan.groups)
  const shared = { plan, parameters, learningRate, step, built: mode.updates }
  if (accumulate === 1) {
    const slopes = namedGradients(outputs.loss, weights)
    const { columns, updates, ...rest } = applyGradients(slopes, weights, shared)
    return { outputs: { ...outputs, ...columns }, updates: [...mode.updates, ...updates], ...rest }
  }
  const slopes = namedGradients(mul(outputs.loss, 1 / accumulate), weights)
  const gathered = gathering({
    outputs,
    updates: mode.updates,
    slopes,
    weights,
    accumulate,
    average: plan.average,
  })
  const { columns, ...rest } = applyGradients([...gathered.gradients.keys()], weights, shared)
  return { outputs: columns, ...rest, gathering: gathered }
}

interface Shared {
  readonly plan: StepPlan
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly learningRate: Value
  readonly step: Value
  /** What the phase updates itself. */
  readonly built: readonly StateUpdate[]
}

/** From gradients to new weights: clipping, optimizer, averages. */
function applyGradients(
  slopes: readonly Value[],
  weights: readonly LearnedWeight[],
  shared: Shared,
) {
  const { plan, parameters, learningRate, step } = shared
  const { optimizer, average } = plan
  const rates = new Map<number, Value>([[1, learningRate]])
  const rateOf = (factor: number): Value => {
    const known = rates.get(factor) ?? mul(learningRate, factor)
    rates.set(factor, known)
    return known
  }
  const { limited, columns } = clipped(slopes, plan.clip)
  const averages = averagedStatistics(shared)
  const states = new Map(parameters)
  const updates: StateUpdate[] = []
  weights.forEach(({ name, parameter, rate, decays }, i) => {
    const place = { parameter, gradient: limited[i]!, learningRate: rateOf(rate), step, decays }
    const changed = optimizer.update(place)
    updates.push(...changed)
    changed.forEach(({ state }, k) => {
      if (state !== parameter) states.set(`${name}/${optimizer.name}.${k}`, state)
    })
    if (average === undefined) return
    const kept = average.update({ ...changed.find(({ state }) => state === parameter)!, step })
    updates.push(kept)
    averages.set(name, kept.state)
  })
  for (const [name, kept] of averages) states.set(`${name}/average`, kept)
  return { columns, updates, states, averages }
}

/** The averages of running statistics that the phase itself moves. */
function averagedStatistics({ plan, parameters, built }: Shared): Map<string, Parameter> {
  const { average } = plan
  if (average === undefined) return new Map()
  const moved = new Set(built.map(({ state }) => state))
  const statistics = [...parameters].filter(([, { role }]) => role === 'statistic')
  const averages = statistics.map(([name, own]) => [name, average.of(own)] as const)
  return new Map(averages.filter(([, kept]) => moved.has(kept)))
}

function clipped(
  slopes: readonly Value[],
  clip: StepPlan['clip'],
): { limited: readonly Value[]; columns: Readonly<Record<string, Value>> } {
  if (clip === undefined) return { limited: slopes, columns: {} }
  if ('value' in clip) return { limited: clipByValue(slopes, clip.value), columns: {} }
  const { gradients: limited, norm } = clipByNorm(slopes, clip.norm)
  return { limited, columns: { gradientNorm: norm } }
}

function assertColumns(outputs: Readonly<Record<string, Value>>): void {
  for (const [name, { shape }] of Object.entries(outputs)) {
    if (['epoch', 'learningRate', 'gradientNorm'].includes(name))
      throw invalidInput(
        `training: "${name}" is a column that every curve may have; rename that output`,
      )
    if (sizeOf(shape) !== 1)
      throw shapeError(
        `training: output "${name}" has shape ${formatShape(shape)}, it must be one number; reduce it with reduceMean or reduceSum`,
      )
  }
}

/** Gradients by weight; a weight that receives none is named. */
function namedGradients(loss: Value, weights: readonly LearnedWeight[]): Value[] {
  try {
    return gradients(
      loss,
      weights.map(({ parameter }) => parameter),
    )
  } catch (error) {
    const index = error instanceof AppError ? error.details.index : undefined
    if (typeof index !== 'number') throw error
    throw invalidInput(
      `training: parameter "${weights[index]!.name}" receives no gradient, the loss does not depend on it; use it in the network, leave it out, or freeze it by a group of rate 0`,
      { cause: error },
    )
  }
}
