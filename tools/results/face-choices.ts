import { verificationSweeps } from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'
import { notRun, percent } from './section.ts'
import { finishedVerifier } from './verifier-run.ts'

/** One seed each: what they differ by is to be held against the spread of seeds. */
const seed = 1

/** What each short training changes, by its name after the first one's. */
const words: Readonly<Record<string, string>> = {
  '': 'nothing: the face alone, varied, mirrored, pairs as given',
  '-whole-photo': 'the whole photo instead of its middle half',
  '-unvaried': 'photos as they are: not shifted, turned, flipped or relit',
  '-same-light': 'no changes of light',
  '-unmirrored': 'the vector of the photo alone, not the mean with its mirror image’s',
  '-half-as-wide': 'half the channels',
  '-pooled': 'the mean over all places before the last layer',
  '-views-first': '4 of the 16 epochs without labels: two views of a photo against all others',
  '-named': 'pairs of all photos in a batch, by the names (unrestricted)',
}

/** Short trainings of the recipe for faces that differ in one thing each, judged on the validation pairs. */
export async function faceChoicesSection({ runs }: SectionContext): Promise<string> {
  const recipes = verificationSweeps['verification/face-choices']!
  const rows: string[] = []
  for (const recipe of recipes) {
    const what = words[recipe.name.slice(recipes[0]!.name.length)] ?? recipe.name
    const run = (await finishedVerifier(recipe, seed, runs))?.run
    const { validationAreaUnderRoc: area, validationEqualErrorRate: errors } = run?.metrics ?? {}
    rows.push(
      run === undefined
        ? `| ${what} | ${notRun} | | |`
        : `| ${what} | ${percent(area!)} | ${percent(errors!)} | ${run.bestEpoch} |`,
    )
  }
  return `### What helps from the same pairs

\`faces-cosine\` in 16 epochs instead of 40, each time with one thing changed, judged on the 440 validation pairs; test was not looked at. One seed a row: what
is less apart than the seeds above is no difference. \`vitrine sweep verification/face-choices --data lfw\` trains them.

| changed | val area under ROC | equal errors | best epoch |
|---|---|---|---|
${rows.join('\n')}
`
}
