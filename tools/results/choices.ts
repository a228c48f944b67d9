import { curationRecipes, type TripletRecipe } from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import { notRun, percent } from './section.ts'
import { type TrainedRun, trainedRun } from './trained-run.ts'
import { trainingData } from './training-data.ts'

/** One seed each: what they differ by is to be held against the spread of seeds. */
const seed = 1

type Change = Partial<Pick<TripletRecipe, 'loss' | 'productsPerBatch' | 'picturesPerProduct'>>

interface Choice {
  readonly name: string
  readonly what: string
  readonly change: Change
}

const shipped = curationRecipes['curation/grocery-triplet']
const { loss } = shipped

const choices: readonly Choice[] = [
  {
    name: 'as-shipped',
    what: 'as shipped: multi-similarity mining, margin 0.5, 16 x 4',
    change: {},
  },
  {
    name: 'mining-semi-hard',
    what: 'mining: semi-hard',
    change: { loss: { ...loss, mining: 'semi-hard' } },
  },
  {
    name: 'mining-all',
    what: 'mining: none, the mean over all triplets (random ones without their chance)',
    change: { loss: { ...loss, mining: 'all' } },
  },
  { name: 'margin-0.2', what: 'margin: 0.2', change: { loss: { ...loss, margin: 0.2 } } },
  { name: 'margin-1.0', what: 'margin: 1.0', change: { loss: { ...loss, margin: 1 } } },
  {
    name: 'sampling-32x2',
    what: 'sampling: 32 x 2',
    change: { productsPerBatch: 32, picturesPerProduct: 2 },
  },
  {
    name: 'sampling-8x8',
    what: 'sampling: 8 x 8',
    change: { productsPerBatch: 8, picturesPerProduct: 8 },
  },
]

/** The recipes of {@link choicesSection}. */
export const choiceRecipes: readonly TripletRecipe[] = choices.map(({ name, change }) => ({
  ...shipped,
  ...change,
  name: `choice-${name}`,
  phases: [{ epochs: 40, size: 64 }],
  servedSize: 80,
}))

/** Short trainings of the triplet retriever that differ in one thing each, judged on val. */
export async function choicesSection(context: SectionContext): Promise<string> {
  const dataOf = trainingData(context)
  const found: { readonly what: string; readonly run: TrainedRun | undefined }[] = []
  for (const [i, { what }] of choices.entries()) {
    const recipe = choiceRecipes[i]!
    const data = await dataOf(recipe, 'grocery')
    found.push({ what, run: await trainedRun({ recipe, seed, data }, context) })
  }
  const rows = found.map(({ what, run }) =>
    run === undefined
      ? `| ${what} | ${notRun} | | |`
      : `| ${what} | ${percent(run.validationP1)} | ${run.bestEpoch} | ${Math.round(run.seconds / 60)} min |`,
  )
  return `## What mining, margin and sampling give

Short trainings of the triplet retriever (40 epochs at 64 px, one seed), each with one thing changed, judged by P@1 of the val photos among
train photos and iconic pictures; test was not looked at. Sampling is products x pictures of each in a batch. One seed a row: the
seeds of the whole training differ among each other as well (above), and what is less than that apart is no difference.

| choice | val P@1 | best epoch | time |
|---|---|---|---|
${rows.join('\n')}
`
}
