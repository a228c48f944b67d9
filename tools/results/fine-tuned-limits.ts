import type { GroceryStore } from '../../src/data/index.ts'
import { type Label, precisionAtK } from '../../src/metrics/index.ts'
import type { SectionContext } from './context.ts'
import { ranksBySome } from './gallery-study.ts'
import type { GroceryVectors } from './grocery-vectors.ts'
import { meanAndDeviation } from './section.ts'
import { topLevel } from './table-two.ts'

/** Photos and what fine-tuned networks make of them. */
export interface Encoded {
  readonly store: GroceryStore
  readonly vectors: GroceryVectors
}

/** Each network alone. */
export const alone = (count: number): number[][] =>
  Array.from({ length: count }, (_, e) => Array.from({ length: count }, (__, o) => +(o === e)))

/** How much of a wrong answer is right: the nearest picture's category and branch of the data set. */
export async function fineTunedLimits(
  { store, vectors }: Encoded,
  context: SectionContext,
): Promise<string[]> {
  const retrieval = vectors.retrieval({ split: 'test', gallery: 'photos', viewing: 'none' })
  const classes = new Map(store.classes.map((one) => [one.name, one]))
  const levels = {
    product: (name: string) => name,
    'coarse category': (name: string) => classes.get(name)!.coarseName,
    branch: (name: string) => topLevel(classes.get(name)!.iconicPath),
  }
  const branches = retrieval.queryLabels.map((label) => levels.branch(String(label)))
  const among = [...new Set(branches)].sort()
  const rows = [`| the nearest picture shows the right | all | ${among.join(' | ')} |`]
  rows.push(`|${'---|'.repeat(among.length + 2)}`)
  for (const [level, of] of Object.entries(levels)) {
    const labels = (names: readonly Label[]) => names.map((name) => of(String(name)))
    const { queryLabels, galleryLabels } = retrieval
    const relabelled = {
      ...retrieval,
      queryLabels: labels(queryLabels),
      galleryLabels: labels(galleryLabels),
    }
    const task = `What the fine-tuned MobileNet takes for another, by ${level}`
    const ranks = await ranksBySome(relabelled, alone(vectors.names.length), { ...context, task })
    const share = (branch?: string): string =>
      meanAndDeviation(
        ranks.map((own) =>
          precisionAtK(
            own.filter((_, q) => branch === undefined || branches[q] === branch),
            1,
          ),
        ),
      )
    rows.push(`| ${[level, share(), ...among.map(share)].join(' | ')} |`)
  }
  return rows
}
