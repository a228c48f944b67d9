import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { HubSpec } from '../encoder-spec.ts'
import { hubFiles } from './hub-folder.ts'

/**
 * The folder of a model that the hub's own tools (`hf download`) have on this machine; undefined
 * where they have none that an encoder can be made of.
 */
export async function findHubCache(
  { repository, revision }: HubSpec,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const home = env.HF_HOME || join(env.HOME || homedir(), '.cache', 'huggingface')
  const hub = env.HF_HUB_CACHE || join(home, 'hub')
  const folder = join(hub, `models--${repository.replace('/', '--')}`)
  const commit = await readFile(join(folder, 'refs', revision), 'utf8').then(
    (text) => text.trim(),
    () => revision,
  )
  if (!/^[\w.-]+$/.test(commit)) return undefined
  const snapshot = join(folder, 'snapshots', commit)
  const has = (path: string): boolean => existsSync(join(snapshot, path))
  return hubFiles.needed.every(has) && hubFiles.pictureGraphs.some(has) ? snapshot : undefined
}
