import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress, writeFileAtomic } from '../../core/index.ts'
import { readModelFolder, writeModelFolder } from '../../encoders/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import { checkpointPath, claimRunFolder, train } from '../../train/index.ts'
import { writeCalibration } from '../thresholds/calibration.ts'
import { cosineLearner } from './cosine-learner.ts'
import { type FinishedRun, finishedRun, writeFinishedRun } from './finished-run.ts'
import type { Learner } from './learner.ts'
import { hashPairs, type PairSet } from './pair-set.ts'
import { siameseLearner } from './siamese-learner.ts'
import { verifierPlan } from './verifier-plan.ts'
import type { PhotoView, VerifierRecipe } from './verifier-recipe.ts'

/** One training of a verifier. */
export interface VerifierTraining {
  readonly recipe: VerifierRecipe
  readonly seed: number
  readonly set: PairSet
  /** The run folder; a run found there goes on. */
  readonly folder: string
  readonly session?: SessionOptions
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** What of the photos a recipe learns from and is judged by. */
export function viewsOf(recipe: VerifierRecipe): {
  readonly train: PhotoView
  readonly validation: PhotoView
} {
  return {
    train: recipe.kind === 'cosine' ? recipe.source : recipe.view,
    validation: recipe.view,
  }
}

/**
 * Trains a verifier; the run folder then holds recipe, curve, metrics and, in `model/`, the model of the
 * best epoch with its calibration on the validation pairs. The checkpoint goes when the run is finished.
 * @throws what the training loop throws, and InvalidInput when no pair is left to learn from
 */
export async function trainVerifier(training: VerifierTraining): Promise<FinishedRun> {
  const { recipe, seed, set, folder, session, progress, signal } = training
  const dataHash = hashPairs(set.train)
  const identity = createHash('sha256')
    .update(JSON.stringify({ recipe, seed, dataHash }))
    .digest('hex')
  const before = await finishedRun(folder, identity)
  if (before !== undefined) return before
  await claimRunFolder(folder, identity)
  await mkdir(folder, { recursive: true })
  const data = { data: set.name, dataHash, pairs: set.train.pairs.length }
  await writeFileAtomic(
    join(folder, 'recipe.json'),
    `${JSON.stringify({ recipe, seed, ...data }, null, 2)}\n`,
  )
  const learner = openLearner(training)
  const options = session === undefined ? {} : { session }
  const { plan, servedModel, validationScores } = verifierPlan({
    recipe,
    learner,
    set,
    ...options,
  })
  const { best, bestEpoch, seconds, stoppedEarly } = await train(plan, {
    folder,
    identity,
    ...options,
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  })
  await writeModel(training, { learner, model: servedModel(), metrics: best.metrics, dataHash })
  const model = join(folder, 'model')
  await writeCalibration(join(model, 'calibration.json'), {
    data: `${set.name}, ${set.validation.pairs.length} validation pairs`,
    model: (await readModelFolder(model)).card.sha256,
    ...(await validationScores()),
  })
  const run: FinishedRun = {
    identity,
    bestEpoch,
    stoppedEarly,
    seconds: Math.round(seconds),
    metrics: { ...best.metrics },
    skippedPhotos: set.train.skipped.length + set.validation.skipped.length,
    droppedPairs: set.train.droppedPairs + set.validation.droppedPairs,
  }
  await writeFinishedRun(folder, run)
  await rm(checkpointPath(folder), { force: true })
  return run
}

/** The learner of a recipe before training. */
function openLearner({ recipe, ...options }: Pick<VerifierTraining, 'recipe' | 'seed' | 'set'>) {
  return recipe.kind === 'siamese'
    ? siameseLearner({ recipe, ...options })
    : cosineLearner({ recipe, ...options })
}

async function writeModel(
  { recipe, seed, set, folder }: VerifierTraining,
  found: {
    readonly learner: Learner
    readonly model: Uint8Array
    readonly metrics: Readonly<Record<string, number>>
    readonly dataHash: string
  },
): Promise<void> {
  const { learner, model, metrics, dataHash } = found
  const comparison = learner.comparison()
  const photos = new Set(set.train.pairs.flatMap(({ paths }) => paths)).size
  await writeModelFolder(join(folder, 'model'), {
    card: {
      name: recipe.name,
      version: '1',
      job: 'verification',
      modality: 'picture',
      description: `Tells whether two pictures show the same one, trained from random weights with ${learner.method} on ${set.name}`,
      dimension: learner.dimension,
      preprocessing: learner.preprocessing,
      ...(comparison === undefined ? {} : { comparison }),
      recipe: { ...recipe },
      seed,
      data: { description: set.name, pictures: photos, sha256: dataHash },
      metrics: { ...metrics },
      licence: 'MIT',
    },
    model,
  })
}
