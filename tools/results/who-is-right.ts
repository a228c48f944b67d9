import { type Rescues, rescues } from '../../src/curation/index.ts'
import { precisionAtK } from '../../src/metrics/index.ts'
import { type GalleryStudy, seedsOf } from './gallery-study.ts'
import { kinds, trainings } from './grocery-runs.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { meanAndDeviation, notRun } from './section.ts'
import { trainingWords } from './table-one.ts'
import { weightedTriple } from './ways.ts'

/** The paper's figure 1 in numbers: where the ensemble is right and no member is, and the reverse. */
export function whoIsRight({ galleries }: GroceryStudy): string {
  return `## Right together, wrong alone

Of the weighted ensemble of the three, without views, in percent of the test photos: how often it is right where every single member fails, how often it
fails where some member is right, and how often some member is right at all, which is what an oracle that picks the best member for
each photo would reach. Right at k is among the first k pictures.

| gallery | learned from | k | right | ensemble alone right | some member alone right | oracle of members |
|---|---|---|---|---|---|---|
${galleries.flatMap((study) => trainings.flatMap((training) => [1, 5].map((k) => row(study, training, k)))).join('\n')}
`
}

function row(study: GalleryStudy, training: (typeof trainings)[number], k: number): string {
  const found = seedsOf(study, { way: weightedTriple, training }).map(({ seed, ranks }) => {
    const members = kinds.map(
      (kind) =>
        seedsOf(study, { way: { members: [kind], weighted: false }, training }).find(
          (one) => one.seed === seed,
        )!.ranks.none,
    )
    const right = precisionAtK(ranks.none, k)
    return { right, ...rescues({ ensemble: ranks.none, members }, k) }
  })
  const spread = (part: keyof Rescues | 'right'): string =>
    found.length === 0 ? notRun : meanAndDeviation(found.map((one) => one[part]))
  const figures = (['right', 'rescued', 'lost', 'oracle'] as const).map(spread)
  return `| ${[study.gallery, trainingWords[training], k, ...figures].join(' | ')} |`
}
