import { assertNotNegative, invalidInput } from '../core/index.ts'
import type { Parameter } from '../onnx/index.ts'
import { decays } from '../optim/index.ts'
import type { ParameterGroup } from './plan.ts'

/** A parameter that follows gradients, and how. */
export interface LearnedWeight {
  readonly name: string
  readonly parameter: Parameter
  /** Factor of the learning rate, above 0. */
  readonly rate: number
  readonly decays: boolean
}

/**
 * The weights among some parameters that are not frozen, each with what its groups say.
 * @throws InvalidInput when a group matches nothing, a rate is negative, or everything is frozen
 */
export function learnedWeights(
  parameters: ReadonlyMap<string, Parameter>,
  groups: readonly ParameterGroup[] = [],
): LearnedWeight[] {
  const weights = [...parameters].filter(([, { role }]) => role === 'weight')
  const matches = (name: string, { pattern }: ParameterGroup) => name.search(pattern) >= 0
  for (const group of groups) {
    assertNotNegative(`training: the rate of group ${group.pattern}`, group.rate ?? 1, 0.1)
    if (!weights.some(([name]) => matches(name, group)))
      throw invalidInput(
        `training: no parameter is named like group ${group.pattern}; they are called ${listed(weights.map(([name]) => name))}`,
      )
  }
  const learned = weights.flatMap(([name, parameter]) => {
    const own = groups.filter((group) => matches(name, group))
    const rate = own.find((group) => group.rate !== undefined)?.rate ?? 1
    const decay = own.find((group) => group.decay !== undefined)?.decay
    return rate === 0 ? [] : [{ name, parameter, rate, decays: decay ?? decays(parameter) }]
  })
  if (learned.length === 0)
    throw invalidInput(
      weights.length === 0
        ? 'training: the network has no parameter to learn; give the object that holds its layers'
        : 'training: its groups freeze every parameter; leave one with a rate above 0',
    )
  return learned
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ')
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown
}
