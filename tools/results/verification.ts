import { join } from 'node:path'
import {
  type VerifierRecipe,
  verificationRecipes,
  verificationSweeps,
} from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'
import { faceChoicesSection } from './face-choices.ts'
import { oneShotSection } from './one-shot.ts'
import { sameProduct } from './same-product.ts'
import { meanAndDeviation, notRun, percent } from './section.ts'
import { lfwView, reachedTogether, type VerifierRun, verifierRuns } from './verifier-run.ts'

/** Test accuracy in the paper, in percent: copied, not measured. */
const paper: Readonly<Record<string, number>> = {
  'siamese-adam': 64.2,
  'siamese-sgd': 58.7,
  'siamese-batch-norm': 66.8,
  'siamese-dropout-0.1': 66.3,
  'siamese-dropout-0.2': 63.5,
  'siamese-final': 70.4,
  'siamese-batch-256-decay-1e-6': 68.3,
  'siamese-batch-128-decay-1e-4': 69.6,
  'siamese-batch-64-decay-1e-6': 68.7,
}

/**
 * Reports the verifiers of which there are runs, beside the paper's figures. Nothing is trained here: the paper's
 * networks take hours.
 */
export async function verificationSection(context: SectionContext): Promise<string> {
  const view = await lfwView(join(context.data, 'lfw'))
  const heading = '## Verification: do two photos show the same person?'
  if (view === undefined)
    return `${heading}\n\nLabeled Faces in the Wild was not present when this was written.\n`
  const rows: string[] = []
  const choices: readonly VerifierRecipe[] = verificationSweeps['verification/face-choices']!
  for (const recipe of Object.values(verificationRecipes))
    if (!choices.includes(recipe)) {
      const runs = await verifierRuns(recipe, view, context)
      rows.push(row(recipe, runs), ...together(recipe, runs))
    }
  return `${heading}

Labeled Faces in the Wild, View 1: 1,760 pairs to learn from, 440 by which epoch and threshold are chosen (the same in every run), ${view.test.length} test pairs of
other people, by which nothing is. In percent but for the loss. The paper (004) decides at a probability of 0.5; the threshold beside it is the most accurate one
on the validation pairs. Its figures were copied from it; it gives those of one training each, of a split that is not known. Every recipe is trained
by \`vitrine train verification/<recipe> --data lfw --seed <seed>\`.

| recipe | paper | seeds | accuracy at 0.5 | at the threshold | area under ROC | equal errors | loss | best epoch | time |
|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

Recipes named \`faces-\` begin with random weights and learn from the same pairs. \`faces-named\` compares photos across pairs by the names of the people
(the unrestricted protocol), all others know of a pair only whether it is the same (image-restricted). The loss of cosines is that of the
probability that the validation pairs calibrate; so are the odds whose mean the seeds of a recipe give together.

${await faceChoicesSection(context)}
${await oneShotSection(view, context)}
${await sameProduct(context)}`
}

function row({ name }: VerifierRecipe, runs: readonly VerifierRun[]): string {
  const figure = paper[name]?.toFixed(1) ?? ''
  if (runs.length === 0) return `| \`${name}\` | ${figure} | ${notRun} | | | | | | | |`
  const over = (of: (run: VerifierRun) => number): string => meanAndDeviation(runs.map(of))
  const even = runs.every(({ evenAccuracy }) => evenAccuracy !== undefined)
  const mean = (of: (run: VerifierRun) => number): number =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const cells = [
    `\`${name}\``,
    figure,
    runs.map(({ seed }) => seed).join(', '),
    even ? over(({ evenAccuracy }) => evenAccuracy!) : '',
    over(({ accuracy }) => accuracy),
    over(({ areaUnderRoc }) => areaUnderRoc),
    over(({ equalErrorRate }) => equalErrorRate),
    mean(({ loss }) => loss).toFixed(4),
    runs.map(({ run }) => run.bestEpoch).join(', '),
    `${Math.round(mean(({ run }) => run.seconds) / 60)} min`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** All seeds as one, where there are several. */
function together({ name }: VerifierRecipe, runs: readonly VerifierRun[]): string[] {
  const reached = reachedTogether(runs)
  if (reached === undefined) return []
  const { accuracy, areaUnderRoc, equalErrorRate, loss } = reached
  const shares = [accuracy, areaUnderRoc, equalErrorRate].map(percent)
  return [
    `| ${[`\`${name}\`, all ${runs.length} together`, '', '', '', ...shares, loss.toFixed(4), '', ''].join(' | ')} |`,
  ]
}
