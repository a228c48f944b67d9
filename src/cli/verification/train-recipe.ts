import { join, resolve } from 'node:path'
import { invalidInput } from '../../core/index.ts'
import { readLfw } from '../../data/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import { withEpochs } from '../../train/index.ts'
import {
  type FinishedRun,
  loadPairSet,
  trainVerifier,
  type VerifierRecipe,
  viewsOf,
} from '../../verification/index.ts'
import type { CommandContext, CommandResult } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { percent } from '../eval/percent.ts'
import { exitCodes } from '../exit-codes.ts'

/** What a training of a verifier is asked for. */
export interface VerifierWish {
  /** Folder or name of Labeled Faces in the Wild. */
  readonly data: string
  readonly seed: number
  readonly out?: string | undefined
  /** Instead of the recipe's. */
  readonly epochs?: number | undefined
  /** Only so many pairs of each kind of the training list, to try something out. */
  readonly pairs?: number | undefined
  readonly session: SessionOptions
}

/** A run with its folder. */
export interface TrainedRecipe {
  readonly recipe: string
  readonly folder: string
  readonly run: FinishedRun
}

/** Trains a verifier into its run folder; one that is finished is only read. */
export async function trainRecipe(
  recipe: VerifierRecipe,
  { data, seed, out, epochs, pairs, session }: VerifierWish,
  context: Pick<CommandContext, 'cwd' | 'env' | 'progress' | 'signal'>,
): Promise<TrainedRecipe> {
  const { cwd, progress, signal } = context
  const { train } = await readLfw(dataPath(data, context))
  const kept = [true, false].flatMap((same) =>
    train.filter((pair) => pair.same === same).slice(0, pairs),
  )
  const shorter = epochs === undefined ? recipe : shorten(recipe, epochs)
  const set = await loadPairSet({ train: kept }, { views: viewsOf(shorter), progress, signal })
  const folder = resolve(cwd, out ?? join('runs', `${recipe.name}-seed${seed}`))
  const run = await trainVerifier({
    recipe: shorter,
    seed,
    set,
    folder,
    session,
    progress,
    signal,
  })
  return { recipe: recipe.name, folder, run }
}

/**
 * Makes sure that nothing is asked for that belongs to other jobs.
 * @throws InvalidInput naming the option
 */
export function assertNothingElse(
  recipe: string,
  options: Readonly<Record<'text' | 'model', string | undefined>>,
): void {
  for (const [option, value] of Object.entries(options))
    if (value !== undefined)
      throw invalidInput(
        `train: ${recipe} starts from random weights and learns from pairs, so it takes no --${option}; leave it out`,
      )
}

/** What `vitrine train` says of a verifier. */
export function trainedResult({ folder, run }: TrainedRecipe): CommandResult {
  const { bestEpoch, metrics, seconds, stoppedEarly, skippedPhotos, droppedPairs } = run
  return {
    data: { folder, bestEpoch, ...metrics, seconds, stoppedEarly, skippedPhotos, droppedPairs },
    exitCode: skippedPhotos === 0 ? exitCodes.ok : exitCodes.someSkipped,
    render: () =>
      [
        folder,
        `best epoch ${bestEpoch}: validation accuracy ${percent(metrics.validationAccuracy ?? 0)} %, area under ROC ${percent(metrics.validationAreaUnderRoc ?? 0)} %, equal error rate ${percent(metrics.validationEqualErrorRate ?? 0)} %, loss ${(metrics.validationLoss ?? 0).toFixed(4)}`,
        `trained for ${Math.round(seconds)} s${stoppedEarly ? ', stopped early' : ''}; curve.svg and model/ are in the folder`,
        ...(skippedPhotos === 0
          ? []
          : [`${skippedPhotos} photos could not be read, which dropped ${droppedPairs} pairs`]),
      ].join('\n'),
  }
}

function shorten(recipe: VerifierRecipe, epochs: number): VerifierRecipe {
  return recipe.kind === 'siamese'
    ? { ...recipe, epochs }
    : { ...recipe, phases: withEpochs(recipe.phases, epochs) }
}
