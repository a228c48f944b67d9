import { deviation, meanAndDeviation, notRun } from './section.ts'

/** Shares by seed, each from 0 to 1. */
export interface Compared {
  readonly ensemble: readonly number[]
  /** One value where there are no seeds. */
  readonly other: readonly number[]
}

/** Whether an ensemble is above another by more than the larger deviation over the seeds, as cells of a table. */
export function verdict({ ensemble, other }: Compared, name: string): string[] {
  if (ensemble.length === 0 || other.length === 0) return [notRun, name, '', '', '', '']
  const difference = meanOf(ensemble) - meanOf(other)
  const spread = Math.max(...[ensemble, other].map(deviation).filter(Number.isFinite))
  const said = `${name} ${meanAndDeviation(other)}`
  const paired = other.length === ensemble.length && other.length > 1
  const bySeed = paired ? ensemble.map((share, i) => signed(share - other[i]!)).join(', ') : ''
  const figures = [meanAndDeviation(ensemble), said, signed(difference), bySeed]
  if (!Number.isFinite(spread)) return [...figures, '', 'one seed: nothing can be said']
  return [...figures, (spread * 100).toFixed(1), word(difference, spread)]
}

function word(difference: number, spread: number): string {
  if (difference > spread) return 'above'
  return difference < -spread ? '**below**' : '**no: within the spread**'
}

const signed = (share: number): string => `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)}`

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length
