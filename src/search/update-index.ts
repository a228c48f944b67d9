import { conflict, throwIfAborted } from '../core/index.ts'
import {
  appendAll,
  type IndexedPicture,
  type PictureSource,
  type WriteOptions,
} from './build-index.ts'
import { type EncoderWeights, weighedEncoders } from './ensemble-weights.ts'
import { EntryTable, readEntries } from './entry.ts'
import { GenerationWriter } from './generation-writer.ts'
import { generationFiles, type IndexManifest, readManifest, unusedGeneration } from './manifest.ts'
import { readRows } from './read-rows.ts'
import { withWriteLock } from './write-lock.ts'

/** A change of an index, made whole or not at all: removals, then replacements, then additions. */
export interface IndexChange extends WriteOptions {
  /** Ids of products whose pictures all go; their ids may come again in `add`. */
  readonly remove?: readonly string[]
  /** New vectors for pictures that are there; each keeps its row. */
  readonly replace?: readonly IndexedPicture[]
  /** Pictures that come behind the last row. */
  readonly add?: PictureSource
  /** What the index stores as its weights from now on; default: what it stores. */
  readonly weights?: EncoderWeights
}

/**
 * Changes an index by writing its next generation: rows are streamed from the old one, so memory
 * does not grow with the catalogue. It keeps its precision and method; a graph is built anew unless
 * pictures were only added.
 *
 * @throws NotFound when a product to be removed or a picture to be replaced is not there;
 *   Conflict on a picture added twice or while another writer is at work; Shape or Numeric, naming
 *   the picture, on a vector that is not usable; InvalidInput when the index is damaged; Cancelled.
 *   The index then stays as it was.
 */
export async function updateIndex(folder: string, change: IndexChange): Promise<IndexManifest> {
  await readManifest(folder) // says that there is no index before a lock is tried
  return withWriteLock(folder, async (lock) => {
    const manifest = await readManifest(folder)
    const { count, entries: record, precision, method, graph } = manifest
    const encoders = weighedEncoders(manifest.encoders, change.weights)
    const files = generationFiles(folder, manifest)
    const entries = await readEntries(files.entries, record, count)
    const table = new EntryTable(entries)
    const removed = new Set<number>()
    for (const product of new Set(change.remove))
      for (const row of table.removeProduct(product)) removed.add(row)
    const replaced = replacements(change.replace ?? [], table)

    const generation = await unusedGeneration(folder)
    const writer = await GenerationWriter.open({
      ...{ folder, generation, encoders, precision, method },
      // Rows that all keep their places keep their links.
      grownFrom:
        graph === undefined || removed.size + replaced.size > 0
          ? undefined
          : { path: files.graph, record: graph },
    })
    try {
      let row = 0
      for await (const stored of readRows(files.rows, manifest)) {
        throwIfAborted(change.signal, 'index')
        const entry = entries[row]!
        const vector = replaced.get(row)
        if (vector !== undefined) await writer.append(entry, vector)
        else if (!removed.has(row)) await writer.appendStored(entry, stored)
        row++
      }
      const { add: pictures = [], ...options } = change
      await appendAll({ writer, pictures, table, ...options })
      return await writer.commit(lock, options.now?.() ?? new Date())
    } finally {
      await writer.discard()
    }
  })
}

function replacements(
  pictures: readonly IndexedPicture[],
  table: EntryTable,
): ReadonlyMap<number, Float32Array> {
  const vectors = new Map<number, Float32Array>()
  for (const { product, picture, vector } of pictures) {
    const row = table.rowOf({ product, picture })
    if (vectors.has(row))
      throw conflict(
        `index: picture "${picture}" of product "${product}" is replaced twice; leave one out`,
      )
    vectors.set(row, vector)
  }
  return vectors
}
