import { join } from 'node:path'
import { curationRecipes, viewings } from '../../src/curation/index.ts'
import { defaultAugmentation, readGroceryStore } from '../../src/data/index.ts'
import { precisionAtK } from '../../src/metrics/index.ts'
import type { SectionContext } from './context.ts'
import { alone, type Encoded, fineTunedLimits } from './fine-tuned-limits.ts'
import { ranksBySome } from './gallery-study.ts'
import { galleries, groceryVectors } from './grocery-vectors.ts'
import { meanAndDeviation, notRun, percent } from './section.ts'
import { type TrainedRun, type TrainedRunOptions, trainedRun } from './trained-run.ts'
import { trainingData } from './training-data.ts'

const name = 'curation/grocery-mobilenet'

/** Reports the fine-tuned MobileNet where its runs are there; they take long and are never started here. */
export async function fineTunedSection(context: SectionContext): Promise<string> {
  const title = '## The imported MobileNet, fine-tuned\n\n'
  const recipe = curationRecipes[name]
  const data = await trainingData(context)(recipe, 'grocery')
  const runs: TrainedRun[] = []
  for (const seed of context.seeds) {
    const run = await trainedRun({ recipe, seed, data }, { ...context, training: false })
    if (run !== undefined) runs.push(run)
  }
  if (runs.length === 0)
    return `${title}${notRun}: \`vitrine train ${name} --data grocery --model file:mobilenet.onnx\` makes it; it is reported here when it is in \`runs/\`.\n`
  const store = await readGroceryStore(join(context.data, 'grocery'))
  const models = runs.map(({ seed, model }) => ({ name: `seed ${seed}`, path: model }))
  const encoded = { store, vectors: await groceryVectors(store, models, context) }
  const cells = await measured(encoded, context)
  const trained = runs.map((run) => {
    const { seed, validationP1, validationP5, bestEpoch, seconds } = run
    const val = [validationP1, validationP5].map(percent)
    return `| ${[seed, ...val, bestEpoch, `${Math.round(seconds / 60)} min`].join(' | ')} |`
  })
  return `${title}Recipe \`${name}\`: the MobileNetV1 that ImageNet left, learning on from the iconic pictures and train photos. Epoch chosen on val, test
reported once. Published for the same photos (Klasson et al. 2019): features of DenseNet-169 with an SVM 72.5, fine-tuned 85.0 (classified, not retrieved).

| networks | views | iconic P@1 | P@5 | iconic + photos P@1 | P@5 |
|---|---|---|---|---|---|
${cells.join('\n')}

| seed | val P@1 | P@5 | best epoch | training time |
|---|---|---|---|---|
${trained.join('\n')}

What was tried, on val: ${await tried(runs[0], data, context)}

What limits it: how much of the answer is right where the product is not, among iconic pictures and photos, without views (P@1 by what the nearest picture
shows).

${(await fineTunedLimits(encoded, context)).join('\n')}
`
}

/** Its first seed beside the same with other variations of the photos. */
async function tried(
  first: TrainedRun | undefined,
  data: TrainedRunOptions['data'],
  context: SectionContext,
): Promise<string> {
  const recipe = {
    ...curationRecipes[name],
    name: 'grocery-mobilenet-varied',
    augmentation: defaultAugmentation,
  }
  const other = await trainedRun({ recipe, seed: 1, data }, { ...context, training: false })
  if (first?.seed !== 1 || other === undefined) return notRun
  const figures = ({ validationP1, validationP5 }: TrainedRun): string =>
    `P@1 ${percent(validationP1)}, P@5 ${percent(validationP5)}`
  return `seed 1 with the stronger variations that the retrievers from random weights have (crops from 35 % of the area, hue, saturation and light by
up to 40 %) reaches ${figures(other)}, with those of the recipe ${figures(first)}. One seed each, to be
held against what the seeds above differ by.`
}

/** A row a way to view the query: mean and deviation over the runs, then all networks as an ensemble of equals. */
async function measured({ vectors }: Encoded, context: SectionContext): Promise<string[]> {
  const count = vectors.names.length
  const together = vectors.names.map(() => 1 / count)
  const rows: string[] = []
  const rowsTogether: string[] = []
  for (const viewing of viewings) {
    const cells: string[] = []
    const cellsTogether: string[] = []
    for (const gallery of galleries) {
      const retrieval = vectors.retrieval({ split: 'test', gallery, viewing })
      const task = `Ranking by the fine-tuned MobileNet, ${gallery}, views: ${viewing}`
      const weightings = [...alone(count), together]
      const ranks = await ranksBySome(retrieval, weightings, { ...context, task })
      for (const k of [1, 5]) {
        const figures = ranks.map((own) => precisionAtK(own, k))
        cells.push(meanAndDeviation(figures.slice(0, count)))
        cellsTogether.push(percent(figures[count]!))
      }
    }
    rows.push(`| one | ${[viewing, ...cells].join(' | ')} |`)
    rowsTogether.push(`| all ${count} together | ${[viewing, ...cellsTogether].join(' | ')} |`)
  }
  return count === 1 ? rows : [...rows, ...rowsTogether]
}
