import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound, whichName } from '../core/index.ts'
import {
  type FileSettings,
  type FindNetworkOptions,
  findNetwork,
  joinEncoders,
  type NetworkSource,
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
  /** More of them, whose vectors lie beside those of the first. */
  readonly encoders?: readonly string[] | undefined
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
 * Opens the encoder that the user named, several joined, or the shipped one. The caller closes it.
 * @throws NotFound when there is no model; InvalidInput when two have one name; what
 *   openEncoder throws when one is not usable
 */
export async function openChosenEncoder(choice: EncoderChoice): Promise<PictureEncoder> {
  const { cwd, shipped = 'grocery-triplet' } = choice
  const names = namesOf(choice)
  if (names.length === 0) {
    const folder = join(modelsFolder(), shipped)
    if (!hasModel(folder)) throw noModel(folder, `reinstall vitrine; ${trainOne}`)
    return openAll([folder], choice)
  }
  const places: string[] = []
  for (const name of names) places.push(await placeOf(name, cwd))
  return openAll(places, choice)
}

/**
 * Finds the network that the user named, to be trained further.
 * @throws NotFound when there is none; what findNetwork throws when it is not usable
 */
export async function findChosenNetwork(
  name: string,
  { cwd, ...options }: FindNetworkOptions & { readonly cwd: string },
): Promise<NetworkSource> {
  return findNetwork(await placeOf(name, cwd), { cwd, ...options })
}

/** @throws NotFound when there is no model of that name */
async function placeOf(name: string, cwd: string): Promise<string> {
  const { place, isThere } = findModel(name, cwd)
  if (!isThere) throw noModel(place, whichName(name, await shippedNames(), trainOne))
  return place
}

/**
 * Opens the encoders that an index was made with, in its order, where all of them are among those
 * that the user named, the shipped and the pulled ones; else what the user named.
 */
export async function openEncoderOfIndex(
  folder: string,
  choice: EncoderChoice,
): Promise<PictureEncoder> {
  const { cwd } = choice
  const made = await readManifest(folder).then(
    ({ encoders }) => encoders,
    () => [], // whoever opens the index says what is wrong with it
  )
  const named = namesOf(choice).map((name) => findModel(name, cwd))
  const byHash = new Map<string, string>()
  const shipped = (await shippedNames()).map((name) => join(modelsFolder(), name))
  const candidates = [...named.map(({ place }) => place), ...shipped]
  for (const path of made.length === 0 ? [] : candidates) {
    const hash = await hashOf(path)
    if (hash !== undefined && !byHash.has(hash)) byHash.set(hash, path)
  }
  const found = made.flatMap(
    ({ name, hash }) => byHash.get(hash) ?? (/^(hf|npm):/.test(name) ? name : []),
  )
  const complete = made.length > 0 && found.length === made.length
  if (complete && named.every(({ place, isThere }) => isThere && found.includes(place)))
    return openAll(found, choice)
  return openChosenEncoder(choice)
}

const namesOf = ({ model, encoders = [] }: EncoderChoice): string[] =>
  model === undefined ? [...encoders] : [model, ...encoders]

async function openAll(
  models: readonly string[],
  { cwd, settings = {}, threads, pull }: EncoderChoice,
): Promise<PictureEncoder> {
  const opened: PictureEncoder[] = []
  try {
    // pictures are decoded on the same cores
    const session = { spinning: false, ...(threads === undefined ? {} : { threads }) }
    const options = { cwd, settings, ...session, ...(pull === undefined ? {} : { pull }) }
    for (const model of models) opened.push(await openEncoder(model, options))
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

/** Where a model is that the user named. */
interface NamedModel {
  /** Its path, or the spec of one that is pulled. */
  readonly place: string
  readonly isThere: boolean
}

/** Finds a model by its path, the name of a shipped one, or the spec of one that is pulled. */
export function findModel(name: string, cwd: string): NamedModel {
  const spec = parseEncoderSpec(name)
  if (spec.kind !== 'path') return { place: spec.text, isThere: true }
  const path = resolve(cwd, spec.path)
  // The name of a shipped model is no path.
  const shipped = /^[a-z0-9-]+$/.test(name) ? [join(modelsFolder(), name)] : []
  const found = [path, ...shipped].find(hasModel)
  return { place: found ?? path, isThere: found !== undefined }
}

const trainOne =
  'check the path, or train one with "vitrine train" and name its folder with --model, or name an .onnx file'

function noModel(path: string, remedy: string): Error {
  const why = existsSync(path) ? 'no model.json' : 'no such file or folder'
  return notFound(`${path}: there is no model here (${why}); ${remedy}`)
}

/** The folder of the shipped models. */
export const modelsFolder = (): string => join(findPackageRoot(import.meta.url).path, 'models')

const shippedNames = async (): Promise<string[]> =>
  (await readdir(modelsFolder()).catch(() => [])).sort()

function hasModel(path: string): boolean {
  if (/\.onnx$/i.test(path)) return existsSync(path)
  return ['model.json', 'preprocessor_config.json'].some((mark) => existsSync(join(path, mark)))
}
