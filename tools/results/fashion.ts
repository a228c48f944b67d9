import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { curationRecipes, evaluateFashion, type FashionReport } from '../../src/curation/index.ts'
import { findFashionSet, readFashionSet } from '../../src/data/index.ts'
import { openCached } from './cached-encoder.ts'
import type { SectionContext } from './context.ts'
import { kinds } from './grocery-runs.ts'
import { notRun, percent } from './section.ts'
import { trainedRun } from './trained-run.ts'
import { trainingData } from './training-data.ts'

/** Of the distorted photos, and of the training. */
const seed = 1

/** Reports encoders on the Fashion Product Images: those that never saw them, and one that learned their attributes. */
export async function fashionSection(context: SectionContext): Promise<string> {
  const { data, models, mobilenet, progress, signal } = context
  const fashion = join(data, 'fashion')
  if ((await findFashionSet(fashion)) === undefined)
    return '## Fashion\n\nThe data set was not present when this was written.\n'
  const set = await readFashionSet(fashion)
  const recipe = curationRecipes['curation/fashion-attributes']
  const trained = await trainedRun(
    { recipe, seed, data: await trainingData(context)(recipe, 'fashion') },
    context,
  )
  const encoders: readonly (readonly [name: string, path: string | undefined])[] = [
    ['frozen MobileNetV1 (ImageNet), 224 px', mobilenet],
    ...kinds.map(
      (kind) =>
        [`${kind} on the Grocery Store (shipped)`, join(models, `grocery-${kind}`)] as const,
    ),
    ['**attributes on Fashion** (recipe `fashion-attributes`)', trained?.model],
  ]
  const measured: Measured[] = []
  for (const [name, path] of encoders) {
    if (path === undefined || (await stat(path).catch(() => undefined)) === undefined) {
      measured.push({ name, report: undefined })
      continue
    }
    const encoder = await openCached(path, context)
    try {
      const asked = { set, encoder, split: 'test', seed, progress, signal } as const
      measured.push({ name, report: await evaluateFashion(asked) })
    } finally {
      await encoder.close()
    }
  }
  return render(set.products.length, measured)
}

interface Measured {
  readonly name: string
  /** Undefined where there is no such encoder yet. */
  readonly report: FashionReport | undefined
}

function render(products: number, measured: readonly Measured[]): string {
  const rows = measured.map(({ name, report }) => {
    if (report === undefined) return `| ${name} | ${notRun} | | | | | | |`
    const { attributes, distorted } = report
    const { p1, p5, shareOf5 } = attributes
    const found = [distorted.p1, distorted.p5, distorted.p10, distorted.meanReciprocalRank]
    return `| ${[name, ...[p1, p5, shareOf5, ...found].map(percent)].join(' | ')} |`
  })
  const first = measured.find(({ report }) => report !== undefined)
  const { queries = 0, possible = 0, chanceP5 = 0 } = first?.report?.attributes ?? {}
  return `## Fashion: the same type and colour, and a product by a distorted photo

Fashion Product Images, ${products} products with one picture of 60 x 80 px each. The ${queries} products of our test split (a tenth, by a hash
of the title; nobody published one) look among all others for one of the same article type and base colour, and among all for themselves
with a photo that was cropped, seen at a slant and put in other light (seed ${seed}). In percent; MRR counts the first ten hits. For ${percent(possible)} % of
the queries there is another product of their type and colour; five drawn by lot would hold one in ${percent(chanceP5)} %. Only
the last encoder learned from this data, from the attributes of its training products; it never saw the queries.

| encoder | type and colour P@1 | P@5 | share of 5 | distorted P@1 | P@5 | P@10 | MRR |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
