import { throwIfAborted } from '../core/index.ts'
import { readEntries } from './entry.ts'
import { generationFiles, type IndexManifest, readManifest } from './manifest.ts'
import { readRows } from './read-rows.ts'
import { checkFile } from './stored-file.ts'

/**
 * Reads every byte of an index and compares the checksums; opening one does not, so that a large
 * index opens at once.
 * @throws NotFound when there is none; InvalidInput when a file is missing or damaged; Cancelled
 */
export async function verifyIndex(
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<IndexManifest> {
  const manifest = await readManifest(folder)
  const files = generationFiles(folder, manifest)
  await readEntries(files.entries, manifest.entries, manifest.count)
  for await (const _ of readRows(files.rows, manifest)) throwIfAborted(signal, 'index check')
  for (const [path, record] of [
    [files.codes, manifest.codes],
    [files.graph, manifest.graph],
  ] as const) {
    throwIfAborted(signal, 'index check')
    if (record !== undefined) await checkFile(path, record)
  }
  return manifest
}
