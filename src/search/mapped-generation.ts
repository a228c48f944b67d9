import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { CandidateSource } from './candidate-source.ts'
import { type Entry, readEntries } from './entry.ts'
import { damaged, generationFiles, type IndexManifest } from './manifest.ts'
import { MappedCodes } from './mapped-codes.ts'
import { MappedRows, type Scan, type ScanOptions } from './mapped-rows.ts'
import { NeighbourGraph } from './neighbour-graph.ts'
import { scanGraph } from './scan-graph.ts'
import { checkLength } from './stored-file.ts'

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
  readonly #sources: readonly CandidateSource[]
  readonly #running = new Set<Promise<unknown>>()
  readonly #choices = new WeakMap<ReadonlySet<string>, Choice>()
  #rowsOfProduct: ReadonlyMap<string, readonly number[]> | undefined

  private constructor(
    manifest: IndexManifest,
    entries: readonly Entry[],
    rows?: MappedRows,
    sources: readonly CandidateSource[] = [],
  ) {
    this.manifest = manifest
    this.entries = entries
    this.productCount = new Set(entries.map((entry) => entry.product)).size
    this.#rows = rows
    this.#sources = sources
  }

  /** @throws InvalidInput when a file is missing, damaged or not what the manifest describes */
  static async open(
    folder: string,
    manifest: IndexManifest,
    threads: number | undefined,
  ): Promise<MappedGeneration> {
    const files = generationFiles(folder, manifest)
    const { count, codes, graph: links } = manifest
    await checkLength(files.rows, manifest.rows)
    if (codes !== undefined) await checkLength(files.codes, codes)
    const entries = await readEntries(files.entries, manifest.entries, count)
    if (count === 0) return new MappedGeneration(manifest, entries)
    const graph = scanGraph({ ...manifest, fileName: basename(files.rows) })
    const stored = await readFile(files.scan).catch((error: unknown) => {
      throw damaged(files.scan, 'cannot be read', error)
    })
    // The graph follows from the manifest, so a foreign one is refused and none is ever run.
    if (!stored.equals(graph)) throw damaged(files.scan, 'does not fit index.json')
    const sources: CandidateSource[] = []
    try {
      if (links !== undefined)
        sources.push(await NeighbourGraph.open({ path: files.graph, record: links }, manifest))
      if (codes !== undefined)
        sources.push(
          await MappedCodes.open({
            ...{ path: files.codes, threads, error: codes.error },
            ...{
              count,
              dimension: manifest.dimension,
              length: Math.sqrt(manifest.encoders.length),
            },
          }),
        )
      const rows = await MappedRows.open({ ...manifest, path: files.rows, threads })
      return new MappedGeneration(manifest, entries, rows, sources)
    } catch (error) {
      for (const source of sources) await source.close()
      throw error
    }
  }

  /**
   * The k nearest rows of every query, all of which are ranked by their exact scores: of the rows
   * themselves, or of candidates where these are quicker.
   */
  async *scan(options: ScanOptions): AsyncGenerator<Scan> {
    const rows = this.#rows!
    const { queries, k, only, signal } = options
    const { dimension } = this.manifest
    const source =
      only !== undefined && rows.copyIsCheaper(only.length)
        ? undefined
        : this.#sources.find((each) => each.suits({ queries: queries.length / dimension, k }))
    if (source === undefined) return yield* rows.scan(options)
    for (let start = 0; start < queries.length; start += dimension) {
      const query = queries.subarray(start, start + dimension)
      const { rows: found, beyond } = await source.candidates({ query, k, only })
      yield { ...(await rows.rank({ query, only: found, signal })), beyond }
    }
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
    await Promise.all([this.#rows, ...this.#sources].map((part) => part?.close()))
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
