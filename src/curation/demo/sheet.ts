import type { ContactSheet } from '../contact-sheet/contact-sheet.ts'
import type { DemoPart, DemoTrial } from './part.ts'

/** The contact sheet of a demo: a section a trial. */
export function demoSheet(
  parts: readonly DemoPart[],
  settings: ContactSheet['settings'],
): ContactSheet {
  return {
    title: 'Products found by Vitrine',
    summary:
      'Each row: what was searched with, and the five products that look most like it. Precision counts every query; the rows are evenly spread over them, not chosen.',
    sections: parts.flatMap(({ name, trials }) => trials.map((trial) => section(name, trial))),
    settings,
  }
}

function section(part: string, { queries, gallery, figures, rows }: DemoTrial) {
  return {
    heading: `${part}: ${queries}`,
    note: `${rows.length} of ${figures.queryCount} queries, searched among ${figures.pictureCount} ${gallery} of ${figures.productCount} products`,
    figures: [
      ['P@1', percent(figures.p1)],
      ['P@5', percent(figures.p5)],
      ['P@10', percent(figures.p10)],
    ] as const,
    rows,
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
