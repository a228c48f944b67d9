import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress, writeFileAtomic } from '../../core/index.ts'
import { type ModelCard, writeModelFolder } from '../../encoders/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import { claimRunFolder, type TrainingResult, train } from '../../train/index.ts'
import { hashPictures, type RetrievalSet } from './retrieval-set.ts'
import { tripletPlan } from './triplet-plan.ts'
import type { TripletRecipe } from './triplet-recipe.ts'

/** One training of a triplet retriever. */
export interface TripletTraining {
  readonly recipe: TripletRecipe
  readonly seed: number
  readonly set: RetrievalSet
  /** What the card calls the data. */
  readonly dataName: string
  /** The run folder; a run found there goes on. */
  readonly folder: string
  readonly session?: SessionOptions
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** The longest side at which pictures are worth decoding for a recipe: crops are enlarged. */
export function decodedSide({ phases, servedSize }: TripletRecipe): number {
  return Math.ceil(1.5 * Math.max(servedSize, ...phases.map(({ size }) => size)))
}

/**
 * Trains a triplet retriever; the run folder then holds recipe, curve, checkpoint, metrics and the
 * model of the best epoch in `model/`.
 * @throws what the training loop throws
 */
export async function trainTriplet(training: TripletTraining): Promise<TrainingResult> {
  const { recipe, seed, set, dataName, folder, session, progress, signal } = training
  const dataHash = hashPictures(set.train)
  const identity = createHash('sha256')
    .update(JSON.stringify({ recipe, seed, dataHash }))
    .digest('hex')
  await claimRunFolder(folder, identity)
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(
    join(folder, 'recipe.json'),
    json({ recipe, seed, data: dataName, dataHash }),
  )
  const { plan, preprocessing, servedModel } = tripletPlan({
    recipe,
    seed,
    set,
    ...(session === undefined ? {} : { session }),
  })
  const result = await train(plan, {
    folder,
    identity,
    ...(session === undefined ? {} : { session }),
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  })
  const { bestEpoch, best, seconds, stoppedEarly } = result
  await writeFileAtomic(
    join(folder, 'metrics.json'),
    json({ bestEpoch, ...best.metrics, stoppedEarly, seconds: Math.round(seconds) }),
  )
  const card: Omit<ModelCard, 'sha256'> = {
    name: recipe.name,
    version: '1',
    job: 'curation',
    modality: 'picture',
    description: `Compact convolutional encoder, trained from random weights with a triplet loss on ${dataName}`,
    dimension: recipe.network.dimension,
    preprocessing,
    recipe: { ...recipe },
    seed,
    data: { description: dataName, pictures: set.train.pictures.length, sha256: dataHash },
    metrics: { bestEpoch, ...best.metrics },
    licence: 'MIT',
  }
  await writeModelFolder(join(folder, 'model'), { card, model: servedModel() })
  return result
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`
