import type { Progress } from '../../core/index.ts'
import type { Environment } from './cache.ts'

/** How long a broken connection is tried again; see `downloadFile`. */
export interface Patience {
  readonly retries?: number
  readonly retryDelayMs?: number
  readonly stallMs?: number
}

/** What one of the sources gets to fetch with. */
export interface FetchOptions {
  readonly env: Environment
  /** Folder whose `files` it fills; what a broken fetch left there is still there. */
  readonly into: string
  readonly progress: Progress
  readonly signal: AbortSignal | undefined
  readonly limitBytes: number
  readonly patience: Patience
}

/** What a source has fetched. */
export interface Fetched {
  readonly exactly: string
  readonly entry: string
  /** As the source states it. */
  readonly licence?: string | undefined
  /** What it is, where no card says so. */
  readonly description?: string
}
