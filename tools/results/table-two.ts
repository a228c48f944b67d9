import { precisionAtK } from '../../src/metrics/index.ts'
import { bestMember } from './best-member.ts'
import { type GalleryStudy, type MeasuredTrial, seedsOf } from './gallery-study.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { meanAndDeviation, notRun, percent } from './section.ts'
import { frozen, type Way, weightedTriple } from './ways.ts'

interface Column {
  readonly name: string
  readonly trials: readonly MeasuredTrial[]
}

/** The paper's Table 2: P@5 by category. */
export function tableTwo({ store, galleries }: GroceryStudy): string {
  const columns = galleries.flatMap(columnsOf)
  const [{ queries } = { queries: [] }] = galleries
  const classes = new Map(store.classes.map((one) => [one.name, one]))
  const top = queries.map((product) => topLevel(classes.get(product)!.iconicPath))
  const coarse = queries.map((product) => classes.get(product)!.coarseName)
  const head = ['category', 'photos', ...columns.map(({ name }) => name)]
  const opening = `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`
  return `## Table 2: P@5 by category

By the three branches of the data set, then by its ${new Set(coarse).size} coarse categories: frozen MobileNet, the member of the ensemble that is best alone (by P@5 on val) and
the weighted ensemble of the three, all from iconic pictures and photos, without views.

${opening}
${rowsOf(top, columns, meanAndDeviation).join('\n')}

<details><summary>By coarse category, mean of the seeds</summary>

${opening}
${rowsOf(coarse, columns, (shares) => percent(shares.reduce((sum, x) => sum + x, 0) / shares.length)).join('\n')}

</details>
`
}

function columnsOf(study: GalleryStudy): Column[] {
  const best = bestMember(study, 'photos')
  const of = (way: Way, training: 'photos' | undefined) => seedsOf(study, { way, training })
  const alone = best === undefined ? [] : of({ members: [best], weighted: false }, 'photos')
  const where = study.gallery === 'iconic' ? 'iconic' : 'iconic + photos'
  return [
    {
      name: `${where}: MobileNet`,
      trials: of({ members: [frozen], weighted: false }, undefined),
    },
    { name: best ?? 'best member', trials: alone },
    { name: 'ensemble', trials: of(weightedTriple, 'photos') },
  ]
}

/** One row a category, in the order of their names. */
function rowsOf(
  categories: readonly string[],
  columns: readonly Column[],
  shown: (shares: readonly number[]) => string,
): string[] {
  const members = Map.groupBy(categories.keys(), (q) => categories[q]!)
  return [...members]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([category, photos]) => {
      const figures = columns.map(({ trials }) =>
        trials.length === 0
          ? notRun
          : shown(
              trials.map(({ ranks }) =>
                precisionAtK(
                  photos.map((q) => ranks.none[q]!),
                  5,
                ),
              ),
            ),
      )
      return `| ${[category.replaceAll('-', ' '), photos.length, ...figures].join(' | ')} |`
    })
}

/** `Fruit` of `.../iconic-images-and-descriptions/Fruit/Apple/...`. */
export function topLevel(iconicPath: string): string {
  return /iconic-images-and-descriptions[\\/]([^\\/]+)/.exec(iconicPath)?.[1] ?? 'other'
}
