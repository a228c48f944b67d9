import { type Viewing, viewings } from '../../src/curation/index.ts'
import { precisionAtK } from '../../src/metrics/index.ts'
import { type GalleryStudy, type MeasuredTrial, seedsOf } from './gallery-study.ts'
import { type Training, trainings } from './grocery-runs.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { paperTable } from './paper.ts'
import { meanAndDeviation, notRun } from './section.ts'
import { frozen, type Way, ways, weightedTriple, weightedWithFrozen } from './ways.ts'

/** What retrievers learned from, in the words of the page. */
export const trainingWords: Readonly<Record<Training, string>> = {
  iconic: 'iconic',
  photos: 'iconic + photos',
}

/** A way in the words of the page. */
export function wayName({ members, weighted }: Way): string {
  if (members.join() === frozen) return 'frozen MobileNetV1'
  const names = members.map((member) => (member === frozen ? 'MobileNet' : member)).join(' + ')
  return weighted ? `weighted: ${names}` : names
}

/** The paper's Table 1 on the Grocery Store: what every encoder and every ensemble finds. */
export function tableOne({ galleries }: GroceryStudy): string {
  const [iconic, photos] = galleries as readonly [GalleryStudy, GalleryStudy]
  return `## Table 1: every retriever and every ensemble

Grocery Store data set (Klasson et al. 2019). Every one of the ${iconic.queries.length} test photos is a query; precision at k is the share of
queries whose product is among the k nearest pictures, in percent. The retrievers learn from the ${iconic.pictures} iconic pictures alone (the paper's Cat) or from
these and the train photos (Cat + Rev), as many seeds as the column says, from random weights; the members of an ensemble have the same seed. MobileNetV1, as ImageNet left it,
plays the paper's zero-shot CLIP. Epochs and weights were chosen on the val photos, the weights by P@5 without views on a grid of steps of 0.1, for each gallery and
seed; test was reported once. Mean ± deviation over seeds. With views (test-time augmentation) a query is the photo, its mirror image, its middle and the
mirror image of that, and a picture's score their mean or their largest.

### Gallery of ${iconic.pictures} iconic pictures

${galleryTable(iconic)}
### Gallery of iconic pictures and train photos, ${photos.pictures} in all

${galleryTable(photos)}
<details><summary>The chosen weights</summary>

| gallery | learned from | seed | attributes, triplet, DINO | attributes, triplet, DINO, MobileNet |
|---|---|---|---|---|
${galleries.flatMap(weightRows).join('\n')}

</details>

${paperTable()}`
}

function galleryTable(study: GalleryStudy): string {
  const head = ['encoder', 'learned from', 'seeds', ...viewings.flatMap(headOf)]
  const lone = row(study, frozenAlone, undefined)
  const rows = [...ways, weightedTriple, weightedWithFrozen].flatMap((way) =>
    trainings.map((training) => row(study, way, training)),
  )
  return `| ${head.join(' | ')} |
|${'---|'.repeat(head.length)}
${[lone, ...rows].join('\n')}
`
}

const frozenAlone: Way = { members: [frozen], weighted: false }

const headOf = (viewing: Viewing): string[] =>
  viewing === 'none' ? ['P@1', 'P@5'] : [`${viewing} of views P@1`, 'P@5']

function row(study: GalleryStudy, way: Way, training: Training | undefined): string {
  const trials = seedsOf(study, { way, training })
  const figures = viewings.flatMap((viewing) =>
    [1, 5].map((k) => precision(trials, { viewing, k })),
  )
  const learned = training === undefined ? 'ImageNet' : trainingWords[training]
  const count = training === undefined ? '' : trials.length
  const name = way.weighted ? `**${wayName(way)}**` : wayName(way)
  return `| ${[name, learned, count, ...figures].join(' | ')} |`
}

/** P@k of trials, mean and deviation over the seeds. */
export function precision(
  trials: readonly MeasuredTrial[],
  { viewing, k }: { readonly viewing: Viewing; readonly k: number },
): string {
  if (trials.length === 0) return notRun
  return meanAndDeviation(trials.map(({ ranks }) => precisionAtK(ranks[viewing], k)))
}

function weightRows(study: GalleryStudy): string[] {
  return trainings.flatMap((training) => {
    const weighted = [weightedTriple, weightedWithFrozen].map(
      (way) =>
        new Map(seedsOf(study, { way, training }).map(({ seed, weights }) => [seed, weights])),
    )
    return [...weighted[0]!.keys()].map((seed) => {
      const said = weighted.map((bySeed) => bySeed.get(seed)?.join(', ') ?? notRun)
      return `| ${[study.gallery, trainingWords[training], seed, ...said].join(' | ')} |`
    })
  })
}
