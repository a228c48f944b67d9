import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound } from '../core/index.ts'
import {
  type FileSettings,
  openEncoder,
  type PictureEncoder,
  type PullOptions,
  parseEncoderSpec,
  readModelFolder,
} from '../encoders/index.ts'
import { readManifest } from '../search/index.ts'
import { findPackageRoot } from './package-root.ts'

/** Which encoder a command works with. */
export interface EncoderChoice {
  /** A model as the user named it; default: the shipped one. */
  readonly model?: string | undefined
  /** What a plain .onnx file does not say itself. */
  readonly settings?: FileSettings
  /** Folder that the user's paths are relative to. */
  readonly cwd: string
  readonly threads?: number | undefined
  /** The shipped model that is the default. */
  readonly shipped?: 'grocery-triplet' | 'sample-shop-triplet'
  /** Says where models are pulled to; without it none is. */
  readonly pull?: PullOptions
}

/**
 * Opens the encoder that the user named, or the shipped one. The caller closes it.
 * @throws NotFound when there is no model; what openEncoder throws when it is not usable
 */
export async function openChosenEncoder(choice: EncoderChoice): Promise<PictureEncoder> {
  const { model, settings, cwd, threads, pull } = choice
  return openEncoder((await pathOfModel(choice)) ?? model ?? '', {
    cwd,
    ...(settings === undefined ? {} : { settings }),
    ...(pull === undefined ? {} : { pull }),
    ...(threads === undefined ? {} : { threads }),
  })
}

/**
 * Opens the encoder that the user named, or the shipped or pulled one that an index was made with;
 * where there is no such index, the default.
 */
export async function openEncoderOfIndex(
  folder: string,
  choice: EncoderChoice,
): Promise<PictureEncoder> {
  if (choice.model !== undefined) return openChosenEncoder(choice)
  const made = await readManifest(folder).then(
    ({ encoders }) => encoders[0],
    () => undefined, // whoever opens the index says what is wrong with it
  )
  if (made !== undefined && /^(hf|npm):/.test(made.name))
    return openChosenEncoder({ ...choice, model: made.name })
  for (const name of made === undefined ? [] : await readdir(modelsFolder()).catch(() => [])) {
    const path = join(modelsFolder(), name)
    const card = await readModelFolder(path).then(
      (found) => found.card,
      () => undefined,
    )
    if (card?.sha256 === made?.hash) return openChosenEncoder({ ...choice, model: path })
  }
  return openChosenEncoder(choice)
}

/**
 * The folder or file that a choice names; undefined where it is to be pulled.
 * @throws NotFound when there is none
 */
export async function pathOfModel({
  model,
  cwd,
  shipped = 'grocery-triplet',
}: Pick<EncoderChoice, 'model' | 'cwd' | 'shipped'>): Promise<string | undefined> {
  const spec = model === undefined ? undefined : parseEncoderSpec(model)
  if (spec !== undefined && spec.kind !== 'path') return undefined
  const named = spec?.path ?? shipped
  const own = resolve(cwd, named)
  if (spec !== undefined && (await isThere(own, named))) return own
  // The name of a shipped model is no path.
  const found = /^[a-z0-9-]+$/.test(named) ? join(modelsFolder(), named) : undefined
  if (found !== undefined && (await exists(join(found, 'model.json')))) return found
  throw notFound(
    `${model === undefined ? found : own}: there is no model here (no model.json); ${model === undefined ? 'reinstall vitrine, or ' : ''}train one with "vitrine train" and name its folder with --model, or name an .onnx file`,
  )
}

/** The folder of the shipped models. */
export const modelsFolder = (): string => join(findPackageRoot(import.meta.url).path, 'models')

async function isThere(path: string, named: string): Promise<boolean> {
  if (/\.onnx$/i.test(named)) return exists(path)
  const marks = ['model.json', 'preprocessor_config.json']
  return (await Promise.all(marks.map((mark) => exists(join(path, mark))))).includes(true)
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
