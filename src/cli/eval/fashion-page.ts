import type { FashionReport } from '../../curation/index.ts'
import { renderTable } from '../render-table.ts'
import { percent } from './percent.ts'

/** What `vitrine eval` shows of the Fashion Product Images. */
export function fashionPage({ attributes, distorted, skipped }: FashionReport): string {
  const table = renderTable({
    head: ['looking for', 'queries', 'among', 'P@1', 'P@5', 'P@10', 'P@5 by chance'],
    rows: [
      [
        'same type and colour',
        attributes.queries,
        attributes.gallery,
        ...[attributes.p1, attributes.p5].map(percent),
        '',
        percent(attributes.chanceP5),
      ],
      [
        'itself, by a distorted photo',
        distorted.queries,
        distorted.gallery,
        ...[distorted.p1, distorted.p5, distorted.p10].map(percent),
        percent(Math.min(1, 5 / distorted.gallery)),
      ],
    ],
  })
  const [first] = skipped
  return [
    table,
    '',
    `Of the five nearest others, ${percent(attributes.shareOf5)} % have the same type and colour; for ${percent(attributes.possible)} % of the queries there is one at all.`,
    ...(first === undefined
      ? []
      : [`Skipped ${skipped.length}, the first: ${first.place}: ${first.reason}`]),
  ].join('\n')
}
