import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress, writeFileAtomic } from '../../core/index.ts'
import { type ModelCard, writeModelFolder } from '../../encoders/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import {
  claimRunFolder,
  type TrainingEstimate,
  type TrainingResult,
  train,
} from '../../train/index.ts'
import { type CurationRecipe, type OpenRetriever, openRetriever } from './open-retriever.ts'
import { hashPictures } from './retrieval-set.ts'
import { retrieverPlan } from './retriever-plan.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** One training of a retriever. */
export interface RetrieverTraining extends OpenRetriever {
  /** What the card calls the data. */
  readonly dataName: string
  /** The run folder; a run found there goes on. */
  readonly folder: string
  readonly session?: SessionOptions
  readonly progress?: Progress
  /** Told once, by its first steps, how long the training will take. */
  readonly estimated?: (estimate: TrainingEstimate) => void
  readonly signal?: AbortSignal
}

/** The longest side at which pictures are worth decoding for a recipe: crops are enlarged. */
export function decodedSide({ phases, servedSize }: RetrieverRecipe): number {
  return Math.ceil(1.5 * Math.max(servedSize, ...phases.map(({ size }) => size)))
}

/**
 * Trains a retriever; the run folder then holds recipe, curve, checkpoint, metrics and the model of
 * the best epoch in `model/`.
 * @throws what the training loop throws, and InvalidInput when the data do not fit the recipe
 */
export async function trainRetriever(training: RetrieverTraining): Promise<TrainingResult> {
  const { recipe, seed, set, dataName, folder, session, progress, estimated, signal } = training
  const retriever = await openRetriever(training)
  const { facts, method, backbone } = retriever
  const { origin, dimension, preprocessing, description } = backbone
  const dataHash = hashPictures(set.train)
  const identity = createHash('sha256')
    .update(
      JSON.stringify({ recipe: unnamed(recipe), seed, dataHash, ...facts, origin: origin?.sha256 }),
    )
    .digest('hex')
  await claimRunFolder(folder, identity)
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(
    join(folder, 'recipe.json'),
    json({ recipe, seed, data: dataName, dataHash, ...facts, origin }),
  )
  const { plan, servedModel } = retrieverPlan({
    recipe,
    retriever,
    set,
    ...(session === undefined ? {} : { session }),
  })
  const result = await train(plan, {
    folder,
    identity,
    ...(session === undefined ? {} : { session }),
    ...(progress === undefined ? {} : { progress }),
    ...(estimated === undefined ? {} : { estimated }),
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
    description: `${description} with a ${method} on ${dataName}`,
    dimension,
    preprocessing,
    ...(origin === undefined ? {} : { origin }),
    recipe: { ...recipe, ...facts },
    seed,
    data: { description: dataName, pictures: set.train.pictures.length, sha256: dataHash },
    metrics: { bestEpoch, ...best.metrics },
    licence: origin?.licence ?? 'MIT',
  }
  await writeModelFolder(join(folder, 'model'), { card, model: servedModel() })
  return result
}

/** A recipe without the name of its network: that is known by what is in it, wherever it lies. */
function unnamed(recipe: CurationRecipe): CurationRecipe {
  if (recipe.network.kind !== 'imported') return recipe
  const { model, ...network } = recipe.network
  return { ...recipe, network }
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`
