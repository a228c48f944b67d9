import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound } from '../core/index.ts'
import {
  joinEncoders,
  loadPictureEncoder,
  type PictureEncoder,
  readModelFolder,
} from '../encoders/index.ts'
import { readManifest } from '../search/index.ts'
import { findPackageRoot } from './package-root.ts'

/** Which encoder a command works with. */
export interface EncoderChoice {
  /** A model folder as the user named it; default: the shipped one. */
  readonly model?: string | undefined
  /** More of them, whose vectors lie beside those of the first. */
  readonly encoders?: readonly string[] | undefined
  /** Folder that the user's paths are relative to. */
  readonly cwd: string
  readonly threads?: number | undefined
  /** The shipped model that is the default. */
  readonly shipped?: 'grocery-triplet' | 'sample-shop-triplet'
}

/** How the option `--model` describes itself. */
export const modelDescription =
  'model folder or name of a shipped one; default: grocery-triplet, or the one an index was made with'

/** How the option `--encoder` describes itself. */
export const encoderDescription =
  'as --model, given once for each of several encoders that search together'

/**
 * Opens the encoder that the user named, several joined, or the shipped one. The caller closes it.
 * @throws NotFound when there is no model; InvalidInput when two have one name; what
 *   loadPictureEncoder throws when one is damaged
 */
export async function openChosenEncoder(choice: EncoderChoice): Promise<PictureEncoder> {
  const { cwd, threads, shipped = 'grocery-triplet' } = choice
  const names = namesOf(choice)
  if (names.length === 0) {
    const folder = join(modelsFolder(), shipped)
    if (!(await hasModel(folder))) throw noModel(folder, 'reinstall vitrine, or ')
    return openAll([folder], threads)
  }
  const folders: string[] = []
  for (const name of names) {
    const folder = await findModel(name, cwd)
    if (folder === undefined) throw noModel(resolve(cwd, name))
    folders.push(folder)
  }
  return openAll(folders, threads)
}

/**
 * Opens the encoders that an index was made with, in its order, where all of them are among those
 * that the user named and the shipped ones; else what the user named.
 */
export async function openEncoderOfIndex(
  folder: string,
  choice: EncoderChoice,
): Promise<PictureEncoder> {
  const { cwd, threads } = choice
  const made = await readManifest(folder).then(
    ({ encoders }) => encoders.map(({ hash }) => hash),
    () => [], // whoever opens the index says what is wrong with it
  )
  const named = await Promise.all(namesOf(choice).map((name) => findModel(name, cwd)))
  const byHash = new Map<string, string>()
  const shipped = await readdir(modelsFolder()).catch(() => [])
  const candidates = [...named, ...shipped.sort().map((name) => join(modelsFolder(), name))]
  for (const path of made.length === 0 ? [] : candidates) {
    const hash = path === undefined ? undefined : await hashOf(path)
    if (hash !== undefined && !byHash.has(hash)) byHash.set(hash, path!)
  }
  const found = made.flatMap((hash) => byHash.get(hash) ?? [])
  const complete = made.length > 0 && found.length === made.length
  if (complete && named.every((path) => path !== undefined && found.includes(path)))
    return openAll(found, threads)
  return openChosenEncoder(choice)
}

const namesOf = ({ model, encoders = [] }: EncoderChoice): string[] =>
  model === undefined ? [...encoders] : [model, ...encoders]

async function openAll(
  folders: readonly string[],
  threads: number | undefined,
): Promise<PictureEncoder> {
  const opened: PictureEncoder[] = []
  try {
    for (const folder of folders)
      opened.push(await loadPictureEncoder(folder, threads === undefined ? {} : { threads }))
    return joinEncoders(opened)
  } catch (error) {
    await Promise.all(opened.map((encoder) => encoder.close()))
    throw error
  }
}

async function hashOf(folder: string): Promise<string | undefined> {
  return readModelFolder(folder).then(
    ({ card }) => card.sha256,
    () => undefined,
  )
}

/** The folder of a model that the user named. */
async function findModel(name: string, cwd: string): Promise<string | undefined> {
  // The name of a shipped model is no path.
  const shipped = /^[a-z0-9-]+$/.test(name) ? [join(modelsFolder(), name)] : []
  for (const folder of [resolve(cwd, name), ...shipped]) if (await hasModel(folder)) return folder
  return undefined
}

function noModel(folder: string, alternative = ''): Error {
  return notFound(
    `${folder}: there is no model here (no model.json); ${alternative}train one with "vitrine train" and name its folder with --model`,
  )
}

const modelsFolder = (): string => join(findPackageRoot(import.meta.url).path, 'models')

async function hasModel(folder: string): Promise<boolean> {
  return access(join(folder, 'model.json')).then(
    () => true,
    () => false,
  )
}
