import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type CurationRecipe, type RetrievalSet, trainRetriever } from '../../src/curation/index.ts'
import { openWordVectors, pullWordVectors } from '../../src/encoders/index.ts'
import type { SectionContext } from './context.ts'

/** A training that is finished. */
export interface TrainedRun {
  readonly seed: number
  readonly folder: string
  /** The model folder of its best epoch. */
  readonly model: string
  /** Of the best epoch, by which it was chosen. */
  readonly validationP1: number
  readonly validationP5: number
  readonly bestEpoch: number
  readonly seconds: number
}

/** What {@link trainedRun} takes. */
export interface TrainedRunOptions {
  readonly recipe: CurationRecipe
  readonly seed: number
  readonly data: {
    readonly name: string
    /** Of the pictures to learn from. */
    readonly hash: string
    /** Decodes it for the recipe. */
    readonly set: () => Promise<RetrievalSet>
  }
}

/**
 * The finished run of this recipe, seed and data; trains it where there is none and trainings are
 * wanted.
 * @returns undefined where it is not finished and not to be trained
 */
export async function trainedRun(
  { recipe, seed, data }: TrainedRunOptions,
  { runs, training, session, progress, signal }: SectionContext,
): Promise<TrainedRun | undefined> {
  const folder = join(runs, `${recipe.name}-seed${seed}`)
  if (!(await isFinished(folder, { recipe, seed, dataHash: data.hash }))) {
    if (!training) return undefined
    await trainRetriever({
      recipe,
      seed,
      set: await data.set(),
      dataName: data.name,
      folder,
      openText: async () =>
        openWordVectors(await pullWordVectors({ env: process.env, progress, signal })),
      session,
      progress,
      signal,
    })
  }
  const metrics = (await readJson(join(folder, 'metrics.json'))) as Record<string, number>
  return {
    seed,
    folder,
    model: join(folder, 'model'),
    validationP1: metrics.validationP1!,
    validationP5: metrics.validationP5!,
    bestEpoch: metrics.bestEpoch!,
    seconds: metrics.seconds!,
  }
}

/** Whether a folder holds a finished run of just this. */
async function isFinished(
  folder: string,
  wanted: { readonly recipe: CurationRecipe; readonly seed: number; readonly dataHash: string },
): Promise<boolean> {
  const parts = ['recipe.json', 'metrics.json', 'model/model.json'].map((name) =>
    readJson(join(folder, name)),
  )
  const [said] = await Promise.all(parts).catch(() => [])
  if (said === undefined) return false
  const { recipe, seed, dataHash } = said as typeof wanted
  return isDeepStrictEqual(
    { recipe: unnamed(recipe), seed, dataHash },
    JSON.parse(JSON.stringify({ ...wanted, recipe: unnamed(wanted.recipe) })),
  )
}

/** A recipe without the name of an imported network, which a run adds to it. */
function unnamed(recipe: CurationRecipe): unknown {
  const { model: _, ...network } = recipe.network as { readonly model?: string }
  return { ...recipe, network }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}
