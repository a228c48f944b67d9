import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound } from '../core/index.ts'
import { loadPictureEncoder, type PictureEncoder } from '../encoders/index.ts'
import { findPackageRoot } from './package-root.ts'

/** Which encoder a command works with. */
export interface EncoderChoice {
  /** A model folder as the user named it; default: the shipped one. */
  readonly model?: string | undefined
  /** Folder that the user's paths are relative to. */
  readonly cwd: string
  readonly threads?: number | undefined
}

/** How the option `--model` describes itself. */
export const modelDescription = 'model folder; default: the shipped encoder'

/**
 * Opens the encoder that the user named, or the shipped one. The caller closes it.
 * @throws NotFound when there is no model; what loadPictureEncoder throws when it is damaged
 */
export async function openChosenEncoder(choice: EncoderChoice): Promise<PictureEncoder> {
  const { model, cwd, threads } = choice
  const folder =
    model === undefined
      ? join(findPackageRoot(import.meta.url).path, 'models', 'grocery-triplet')
      : resolve(cwd, model)
  const isThere = await access(join(folder, 'model.json')).then(
    () => true,
    () => false,
  )
  if (!isThere)
    throw notFound(
      `${folder}: there is no model here (no model.json); ${model === undefined ? 'reinstall vitrine, or ' : ''}train one with "vitrine train" and name its folder with --model`,
    )
  return loadPictureEncoder(folder, threads === undefined ? {} : { threads })
}
