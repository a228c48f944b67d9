import { join } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'
import { lineChart } from './line-chart.ts'
import type { CurveRow } from './plan.ts'

/** Writes the learning curve as `curve.csv` and, as a picture, `curve.svg`. */
export async function writeCurve(folder: string, rows: readonly CurveRow[]): Promise<void> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','))
  await writeFileAtomic(join(folder, 'curve.csv'), `${[columns.join(','), ...lines].join('\n')}\n`)
  const series = columns
    .filter((column) => column !== 'epoch')
    .map((name) => ({
      name,
      points: rows.flatMap((row) =>
        row[name] === undefined ? [] : [[row.epoch!, row[name]] as const],
      ),
    }))
  await writeFileAtomic(join(folder, 'curve.svg'), lineChart('epoch', series))
}
