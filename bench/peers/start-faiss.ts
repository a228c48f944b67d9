import { startPeer } from './start-peer.ts'

/** What faiss is to search. */
interface FaissOptions {
  readonly kind: 'flat' | 'hnsw'
  /** Raw float32 files. */
  readonly rowsFile: string
  readonly queriesFile: string
  readonly dimension: number
  readonly threads: number
}

/** What it found. */
export interface FaissAnswer {
  readonly ms: number
  /** The ten rows nearest to each query. */
  readonly rows: readonly (readonly number[])[]
}

/** What {@link startFaiss} gives. */
export interface Faiss {
  /** Undefined where it is not installed. */
  readonly version: string | undefined
  /** Why it cannot run. */
  readonly reason: string
  /** Of a graph. */
  readonly buildMs: number
  readonly bytes: number
  /** The first queries; with how many rows kept in view, for a graph. */
  search(queries: number, view?: number): Promise<FaissAnswer | undefined>
  close(): void
}

/** Starts faiss in a process of its own and waits until it has its index. */
export async function startFaiss(options: FaissOptions): Promise<Faiss> {
  const { kind, rowsFile, queriesFile, dimension, threads } = options
  const args = [kind, rowsFile, queriesFile, String(dimension), String(threads)]
  const peer = await startPeer('faiss-search.py', args)
  return {
    version: peer.ready?.ready as string | undefined,
    reason: peer.reason,
    buildMs: Number(peer.ready?.buildMs),
    bytes: Number(peer.ready?.bytes),
    search: async (queries, view = 0) =>
      peer.ready === undefined ? undefined : peer.ask<FaissAnswer>(`${queries} ${view}`),
    close: () => peer.close(),
  }
}

/** Share of hits that are among the first of other lists too, whatever the order of near ties. */
export function sharedHits(
  ours: readonly (readonly { readonly row: number }[])[],
  theirs: readonly (readonly number[])[],
): number {
  const shared = ours.map((hits, q) => hits.filter(({ row }) => theirs[q]?.includes(row)).length)
  return shared.reduce((a, b) => a + b, 0) / theirs.flat().length
}
