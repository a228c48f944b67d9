import type { Progress } from '../../src/core/index.ts'
import type { SessionOptions } from '../../src/runtime/index.ts'

/** What every section of the results works with. */
export interface SectionContext {
  /** Training runs, reused where they are finished. */
  readonly runs: string
  /** Whether what has no finished run is trained; otherwise it is left out of the page, which says so. */
  readonly training: boolean
  /** How trainings run. */
  readonly session: SessionOptions
  /** The folder of the data sets. */
  readonly data: string
  readonly seeds: readonly number[]
  /** The folder of docs/. */
  readonly docs: string
  /** The folder of models/. */
  readonly models: string
  /** The frozen MobileNet of the comparisons; left out where it is absent. */
  readonly mobilenet: string
  readonly progress: Progress
  readonly signal: AbortSignal
}
