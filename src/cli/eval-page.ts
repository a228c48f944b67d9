import type { MeasuredWay, WeightSearch } from '../curation/index.ts'
import type { RetrievalTable } from '../metrics/index.ts'
import { renderTable } from './render-table.ts'

const percent = (share: number): string => (share * 100).toFixed(2)
const shares = ({ p1, p5, p10 }: RetrievalTable): string[] => [p1, p5, p10].map(percent)

/** Precision by gallery, and by way to search where there are several. */
export function evalPage(
  encoder: string,
  galleries: Readonly<Record<string, RetrievalTable>>,
  ways: Readonly<Record<string, readonly MeasuredWay[]>>,
): string {
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
  return renderTable({ head: [...head, 'P@1', 'P@5', 'P@10'], rows })
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
