import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Entry, readEntries } from './entry.ts'
import { damaged, generationFiles, type IndexManifest } from './manifest.ts'
import { MappedRows, type Scan, type ScanOptions } from './mapped-rows.ts'
import { checkRowsLength } from './read-rows.ts'
import { scanGraph } from './scan-graph.ts'

/** Pictures of some products. */
export interface Choice {
  /** Ascending. */
  readonly rows: Int32Array
  /** How many products they belong to. */
  readonly productCount: number
}

/** One generation of an index whose rows are mapped into memory: a resource to be closed. */
export class MappedGeneration {
  readonly manifest: IndexManifest
  readonly entries: readonly Entry[]
  /** How many products the pictures belong to. */
  readonly productCount: number
  readonly #rows: MappedRows | undefined // an empty index has none
  readonly #running = new Set<Promise<unknown>>()
  readonly #choices = new WeakMap<ReadonlySet<string>, Choice>()
  #rowsOfProduct: ReadonlyMap<string, readonly number[]> | undefined

  private constructor(
    manifest: IndexManifest,
    entries: readonly Entry[],
    rows: MappedRows | undefined,
  ) {
    this.manifest = manifest
    this.entries = entries
    this.productCount = new Set(entries.map((entry) => entry.product)).size
    this.#rows = rows
  }

  /** @throws InvalidInput when a file is missing, damaged or not what the manifest describes */
  static async open(
    folder: string,
    manifest: IndexManifest,
    threads: number | undefined,
  ): Promise<MappedGeneration> {
    const files = generationFiles(folder, manifest.generation)
    await checkRowsLength(files.rows, manifest)
    const entries = await readEntries(files.entries, manifest.entries, manifest.count)
    if (manifest.count === 0) return new MappedGeneration(manifest, entries, undefined)
    const graph = scanGraph({ ...manifest, fileName: basename(files.rows) })
    const stored = await readFile(files.scan).catch((error: unknown) => {
      throw damaged(files.scan, 'cannot be read', error)
    })
    // The graph follows from the manifest, so a foreign one is refused and none is ever run.
    if (!stored.equals(graph)) throw damaged(files.scan, 'does not fit index.json')
    const { count, dimension } = manifest
    const rows = await MappedRows.open({ path: files.rows, count, dimension, threads })
    return new MappedGeneration(manifest, entries, rows)
  }

  /** The k nearest rows of every query; see {@link MappedRows.scan}. */
  scan(options: ScanOptions): AsyncGenerator<Scan> {
    return this.#rows!.scan(options)
  }

  /**
   * The pictures of some products; ids that are not there count for nothing. What was chosen once is
   * known again by its set, since looking up many ids takes longer than a scan.
   */
  choose(products: ReadonlySet<string>): Choice {
    const known = this.#choices.get(products)
    if (known !== undefined) return known
    this.#rowsOfProduct ??= groupRows(this.entries)
    const chosen = new Uint8Array(this.entries.length)
    let [count, productCount] = [0, 0]
    for (const product of products) {
      const own = this.#rowsOfProduct.get(product)
      if (own === undefined) continue
      productCount++
      count += own.length
      for (const row of own) chosen[row] = 1
    }
    const rows = new Int32Array(count)
    let filled = 0
    for (let row = 0; filled < count; row++) if (chosen[row] === 1) rows[filled++] = row
    const choice = { rows, productCount }
    this.#choices.set(products, choice)
    return choice
  }

  /** The stored vectors of some rows. [M] → [M, D] */
  async vectors(rows: Int32Array): Promise<Float32Array> {
    return this.#rows?.vectors(rows) ?? new Float32Array(0)
  }

  /** Keeps the generation open until `work` is done, even when it is closed meanwhile. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running)
    await this.#rows?.close()
  }
}

function groupRows(entries: readonly Entry[]): ReadonlyMap<string, readonly number[]> {
  const rows = new Map<string, number[]>()
  for (const [row, { product }] of entries.entries()) {
    const known = rows.get(product)
    if (known === undefined) rows.set(product, [row])
    else known.push(row)
  }
  return rows
}
