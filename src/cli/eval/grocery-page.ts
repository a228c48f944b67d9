import type { MeasuredWay, WeightSearch } from '../../curation/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { renderTable } from '../render-table.ts'
import { percent } from './percent.ts'

const shares = ({ p1, p5, p10 }: RetrievalTable): string[] => [p1, p5, p10].map(percent)

/** What {@link evalPage} shows; the records are by gallery. */
export interface Evaluation {
  readonly encoder: string
  readonly galleries: Readonly<Record<string, RetrievalTable>>
  /** Other ways to search, where there are several. */
  readonly ways: Readonly<Record<string, readonly MeasuredWay[]>>
  /** Shares of queries that the ensemble answers and none of its encoders alone. */
  readonly rescues: Readonly<Record<string, number>>
}

/** Precision by gallery, and by way to search where there are several. */
export function evalPage({ encoder, galleries, ways, rescues }: Evaluation): string {
  const compared = Object.values(ways).some(({ length }) => length > 0)
  const rows = Object.entries(galleries).flatMap(([name, table]) =>
    [{ way: encoder, table }, ...ways[name]!].map(({ way, table: t }) => [
      name,
      ...(compared ? [way] : []),
      t.gallery,
      t.queries,
      ...shares(t),
    ]),
  )
  const head = ['gallery', ...(compared ? ['searched by'] : []), 'pictures', 'queries']
  const table = renderTable({ head: [...head, 'P@1', 'P@5', 'P@10'], rows })
  const lines = Object.entries(rescues).map(([name, share]) => `  ${percent(share)} in ${name}`)
  const title = 'Percent of queries right in the first five of all together and of none alone:'
  return lines.length === 0 ? table : [table, '', title, ...lines].join('\n')
}

/** Precision by weights, and what to type for the best ones. */
export function weightsPage(names: readonly string[], { best, trials }: WeightSearch): string {
  const table = renderTable({
    head: [...names, 'P@1', 'P@5', 'P@10', ''],
    rows: trials.map((trial) => [
      ...trial.weights,
      ...shares(trial.table),
      trial === best ? 'best' : '',
    ]),
  })
  const chosen = names.map((name, e) => `${name}=${best.weights[e]}`).join(',')
  return `${table}\n\nBest: --weights ${chosen}`
}
