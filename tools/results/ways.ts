import { type GroceryRun, type Kind, kinds, type Training, trainings } from './grocery-runs.ts'

/** What stands for the paper's CLIP: an encoder that saw none of the data. */
export const frozen = 'mobilenet'

/** The name under which a run's encoder is kept. */
export const encoderName = ({
  kind,
  training,
  seed,
}: Pick<GroceryRun, 'kind' | 'training' | 'seed'>): string => `${kind}/${training}/${seed}`

/** A member of an ensemble. */
export type Member = Kind | typeof frozen

/** A row of Table 1: encoders that search together, and how their weights come about. */
export interface Way {
  readonly members: readonly Member[]
  readonly weighted: boolean
}

/** The rows of Table 1, but for what they learned from. */
export const ways: readonly Way[] = [
  ...[['attributes'], ['triplet'], ['dino']],
  ...[
    ['attributes', 'triplet'],
    ['attributes', 'dino'],
    ['triplet', 'dino'],
  ],
  [...kinds],
  [...kinds, frozen],
].map((members) => ({ members: members as readonly Member[], weighted: false }))

/** The weighted ensemble of the three retrievers. */
export const weightedTriple: Way = { members: kinds, weighted: true }

/** The weighted ensemble of the three retrievers and the frozen encoder. */
export const weightedWithFrozen: Way = { members: [...kinds, frozen], weighted: true }

/** A way with encoders of one seed that learned from the same. */
export interface Trial {
  readonly way: Way
  /** Neither where only the frozen encoder searches. */
  readonly training?: Training
  readonly seed?: number
  /** Its encoders' names, in the order of the members. */
  readonly encoders: readonly string[]
}

/** Every way with every seed whose members are all there. */
export function trialsOf(present: ReadonlySet<string>, seeds: readonly number[]): Trial[] {
  const all: Trial[] = [{ way: { members: [frozen], weighted: false }, encoders: [frozen] }]
  for (const training of trainings)
    for (const seed of seeds)
      for (const way of [...ways, weightedTriple, weightedWithFrozen]) {
        const encoders = way.members.map((member) =>
          member === frozen ? frozen : encoderName({ kind: member, training, seed }),
        )
        all.push({ way, training, seed, encoders })
      }
  return all.filter(({ encoders }) => encoders.every((name) => present.has(name)))
}
