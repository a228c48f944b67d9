import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const dayMs = 24 * 3600 * 1000

/**
 * Removes what killed processes left unfinished in a folder: files and folders by their names,
 * untouched for a day, so that nothing is taken from a process that is still at work.
 */
export async function removeRemains(
  folder: string,
  isRemain: (name: string) => boolean,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isRemain(name)) continue
    const path = join(folder, name)
    const touchedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    )
    if (Date.now() - touchedMs > dayMs)
      await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}
