import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { Index } from 'usearch'
import { hashFile, unavailable } from '../core/index.ts'
import type { CandidateQuery, CandidateSource, Candidates } from './candidate-source.ts'
import { damaged, type FileRecord } from './manifest.ts'
import { checkFile } from './stored-file.ts'

/** Neighbours a row has in the graph (twice as many on its lowest level), and rows looked at to find them. */
const [connectivity, expansionAdd] = [16, 128]
/** Of fewer rows, one product with all of them answers more queries than these sooner. */
const [manyRows, fewQueries] = [200_000, 16]
/** Rows that are added together, on all cores. */
const batchRows = 256

/** A graph's file and what the manifest says of it. */
export interface GraphFile {
  readonly path: string
  readonly record: FileRecord
}

/**
 * A hierarchical navigable small world as it is built: each row linked to some near ones.
 *
 * It holds the rows in bytes beside the links, all in memory until it is finished.
 * @see Malkov & Yashunin 2018
 */
export class NeighbourGraphBuilder {
  readonly #index: Index
  readonly #dimension: number
  readonly #linked: number
  readonly #batch: Float32Array
  #added = 0

  private constructor(index: Index, dimension: number) {
    this.#index = index
    this.#dimension = dimension
    this.#linked = index.size()
    this.#batch = new Float32Array(batchRows * dimension)
  }

  /**
   * @param dimension D
   * @param grownFrom the graph of an older generation whose rows are the first ones of this
   * @throws Unavailable where the library is not; InvalidInput when the older graph is damaged
   */
  static async open(
    dimension: number,
    grownFrom: GraphFile | undefined,
  ): Promise<NeighbourGraphBuilder> {
    const index = await emptyIndex(dimension)
    if (grownFrom !== undefined) {
      await checkFile(grownFrom.path, grownFrom.record)
      index.load(grownFrom.path)
    }
    return new NeighbourGraphBuilder(index, dimension)
  }

  /** Adds the next row, which has its place in the graph already where it was grown from one with it. */
  add(row: Float32Array): void {
    const place = this.#added++ - this.#linked
    if (place < 0) return
    this.#batch.set(row, (place % batchRows) * this.#dimension)
    if ((place + 1) % batchRows === 0) this.#link(batchRows)
  }

  /** Writes the graph, whole or not at all. */
  async finish(path: string): Promise<FileRecord> {
    this.#link(Math.max(0, this.#added - this.#linked) % batchRows)
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
    try {
      this.#index.save(temporary)
      const file = await open(temporary, 'r+')
      await file.sync().finally(() => file.close())
      const { size: bytes } = await stat(temporary)
      const sha256 = (await hashFile(temporary)).toString('hex')
      await rename(temporary, path)
      return { bytes, sha256 }
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  #link(rows: number): void {
    if (rows === 0) return
    const first = this.#index.size()
    const keys = BigUint64Array.from({ length: rows }, (_, i) => BigInt(first + i))
    this.#index.add(keys, this.#batch.subarray(0, rows * this.#dimension), 0)
  }
}

/** A graph mapped into memory. Its memory goes back when nothing refers to it any more. */
export class NeighbourGraph implements CandidateSource {
  readonly #index: Index

  private constructor(index: Index) {
    this.#index = index
  }

  /**
   * Opens a graph, reading it once: the library would follow damaged links out of bounds.
   * @throws InvalidInput when the file is missing or damaged; Unavailable where the library is not
   */
  static async open(
    { path, record }: GraphFile,
    { count, dimension }: { readonly count: number; readonly dimension: number },
  ): Promise<NeighbourGraph> {
    await checkFile(path, record)
    const index = await emptyIndex(dimension)
    try {
      index.view(path)
    } catch (error) {
      throw damaged(path, 'is no graph that this version reads', error)
    }
    if (index.size() !== count || index.dimensions() !== dimension)
      throw damaged(path, `is over ${index.size()} rows of ${index.dimensions()} values`)
    return new NeighbourGraph(index)
  }

  suits({ queries, k }: { readonly queries: number; readonly k: number }): boolean {
    const rows = this.#index.size()
    return wanted(k) * 16 < rows && (queries <= fewQueries || rows > manyRows)
  }

  async candidates({ query, k, only }: CandidateQuery): Promise<Candidates> {
    const { keys } = this.#index.search(query, wanted(k), 1)
    const near = Int32Array.from(keys, Number).sort()
    const rows = only === undefined ? near : near.filter((row) => includes(only, row))
    return { rows, beyond: Number.NEGATIVE_INFINITY }
  }

  async close(): Promise<void> {}
}

/** Candidates of a query, which are also the rows that the search keeps in view on its way. */
function wanted(k: number): number {
  return Math.max(128, 8 * k)
}

/** Whether ascending numbers have one among them. */
function includes(numbers: Int32Array, wanted: number): boolean {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return numbers[low] === wanted
}

async function emptyIndex(dimension: number): Promise<Index> {
  const { Index, MetricKind, ScalarKind } = await import('usearch').catch((cause: unknown) => {
    throw unavailable(
      'search: the library usearch, which approximate indexes need, is not installed here; "npm install usearch" brings it, --method exact does without',
      { cause },
    )
  })
  return new Index({
    dimensions: dimension,
    metric: MetricKind.IP,
    quantization: ScalarKind.I8,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: 64,
    multi: false,
  })
}
