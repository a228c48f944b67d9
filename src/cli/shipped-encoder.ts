import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound } from '../core/index.ts'
import { loadPictureEncoder, type PictureEncoder, readModelFolder } from '../encoders/index.ts'
import { readManifest } from '../search/index.ts'
import { findPackageRoot } from './package-root.ts'

/** Which encoder a command works with. */
export interface EncoderChoice {
  /** A model folder as the user named it; default: the shipped one. */
  readonly model?: string | undefined
  /** Folder that the user's paths are relative to. */
  readonly cwd: string
  readonly threads?: number | undefined
  /** The shipped model that is the default. */
  readonly shipped?: 'grocery-triplet' | 'sample-shop-triplet'
}

/** How the option `--model` describes itself. */
export const modelDescription =
  'model folder or name of a shipped one; default: grocery-triplet, or the one an index was made with'

/**
 * Opens the encoder that the user named, or the shipped one. The caller closes it.
 * @throws NotFound when there is no model; what loadPictureEncoder throws when it is damaged
 */
export async function openChosenEncoder(choice: EncoderChoice): Promise<PictureEncoder> {
  const { model, cwd, threads, shipped = 'grocery-triplet' } = choice
  const named = model === undefined ? shipped : model
  const candidates = [
    ...(model === undefined ? [] : [resolve(cwd, model)]),
    // The name of a shipped model is no path.
    ...(/^[a-z0-9-]+$/.test(named) ? [join(modelsFolder(), named)] : []),
  ]
  const folder = await firstModel(candidates)
  if (folder === undefined)
    throw notFound(
      `${candidates[0]}: there is no model here (no model.json); ${model === undefined ? 'reinstall vitrine, or ' : ''}train one with "vitrine train" and name its folder with --model`,
    )
  return loadPictureEncoder(folder, threads === undefined ? {} : { threads })
}

/**
 * Opens the encoder that the user named, or the shipped one that an index was made with; where
 * there is no such index, the default.
 */
export async function openEncoderOfIndex(
  folder: string,
  choice: EncoderChoice,
): Promise<PictureEncoder> {
  if (choice.model !== undefined) return openChosenEncoder(choice)
  const made = await readManifest(folder).then(
    ({ encoders }) => encoders[0]?.hash,
    () => undefined, // whoever opens the index says what is wrong with it
  )
  for (const name of made === undefined ? [] : await readdir(modelsFolder()).catch(() => [])) {
    const path = join(modelsFolder(), name)
    const card = await readModelFolder(path).then(
      (found) => found.card,
      () => undefined,
    )
    if (card?.sha256 === made) return openChosenEncoder({ ...choice, model: path })
  }
  return openChosenEncoder(choice)
}

const modelsFolder = (): string => join(findPackageRoot(import.meta.url).path, 'models')

async function firstModel(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await access(join(folder, 'model.json')).then(
      () => true,
      () => false,
    )
    if (found) return folder
  }
  return undefined
}
