/** One piece of long work as its watcher sees it. */
export interface ProgressEvent {
  /** What is being done, `Indexing pictures`. */
  readonly task: string
  readonly done: number
  /** How much there is in all; left out when nobody knows. */
  readonly total?: number
  /** What is counted: `pictures`, `steps`. */
  readonly unit: string
  /** Anything worth a few words beside the bar: `loss 0.132`. */
  readonly note?: string
}

/** Called as often as work moves on; whoever prints throttles. */
export type Progress = (event: ProgressEvent) => void

/** Watches nothing. */
export const silent: Progress = () => {}
