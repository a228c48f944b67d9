import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../src/core/index.ts'
import type { LabelledFile } from '../../src/curation/index.ts'

/** What {@link rememberOfFiles} takes. */
export interface FileMemory {
  /** Where it is kept. */
  readonly folder: string
  readonly files: readonly LabelledFile[]
  /** Says what is computed; whatever it follows from beside the files belongs in it. */
  readonly what: string
}

/**
 * Computes something of files once: it is kept by their paths, labels, sizes and times, so that it
 * is computed anew when one of them was written again.
 */
export async function rememberOfFiles(
  { folder, files, what }: FileMemory,
  compute: () => Promise<string>,
): Promise<string> {
  const hash = createHash('sha256').update(what)
  for (const { path, product } of files) {
    const { size, mtimeMs } = await stat(path)
    hash.update(`\n${JSON.stringify([path, product, size, mtimeMs])}`)
  }
  const path = join(folder, hash.digest('hex').slice(0, 32))
  const known = await readFile(path, 'utf8').catch(() => undefined)
  if (known !== undefined) return known
  const found = await compute()
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(path, found)
  return found
}
