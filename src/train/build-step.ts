import { gradients } from '../autodiff/index.ts'
import { AppError, invalidInput, type Rng } from '../core/index.ts'
import { type Layer, parametersOf, type Training } from '../nn/index.ts'
import { input, type Parameter, type StateUpdate, type Value } from '../onnx/index.ts'
import type { Optimizer } from '../optim/index.ts'
import type { Phase } from './plan.ts'

/** A training step as a graph, not yet compiled. */
export interface StepGraph {
  readonly outputs: { readonly loss: Value } & Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  /** Every state by a name that stays the same from run to run. */
  readonly states: ReadonlyMap<string, Parameter>
}

/** What {@link buildStep} builds from. */
export interface StepParts {
  readonly phase: Phase
  readonly network: Layer
  readonly optimizer: Optimizer
  /** For layers that drop elements: equal generators and steps drop the same ones. */
  readonly rng: Rng
}

/**
 * Appends backward pass and optimizer to a phase's loss. The graph has two more scalar inputs,
 * `learningRate` and `step`.
 */
export function buildStep({ phase, network, optimizer, rng }: StepParts): StepGraph {
  const learningRate = input('learningRate', [])
  const step = input('step', [])
  const mode: Training = { kind: 'training', updates: [], step, rng }
  const outputs = phase.build(mode)
  const parameters = parametersOf(network)
  const weights = [...parameters].filter(([, { role }]) => role === 'weight')
  const byWeight = namedGradients(outputs.loss, weights)
  const states = new Map(parameters)
  const updates = [...mode.updates]
  weights.forEach(([name, parameter], i) => {
    const gradient = byWeight[i]!
    const changed = optimizer.update({ parameter, gradient, learningRate, step })
    updates.push(...changed)
    changed.forEach(({ state }, k) => {
      if (state !== parameter) states.set(`${name}/${optimizer.name}${k}`, state)
    })
  })
  return { outputs, updates, states }
}

/** Gradients by weight; a weight that receives none is named. */
function namedGradients(loss: Value, weights: readonly (readonly [string, Parameter])[]): Value[] {
  try {
    return gradients(
      loss,
      weights.map(([, weight]) => weight),
    )
  } catch (error) {
    const index = error instanceof AppError ? error.details.index : undefined
    if (typeof index !== 'number') throw error
    throw invalidInput(
      `training: parameter "${weights[index]![0]}" receives no gradient, the loss does not depend on it; use it in the network or leave it out`,
      { cause: error },
    )
  }
}
