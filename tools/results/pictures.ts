import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../src/core/index.ts'
import { weightsHeatMap } from '../../src/curation/index.ts'
import { precisionAtK } from '../../src/metrics/index.ts'
import type { SectionContext } from './context.ts'
import { type GalleryStudy, type MeasuredTrial, seedsOf } from './gallery-study.ts'
import { kinds } from './grocery-runs.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { meanOfSearches } from './mean-of-searches.ts'
import { type PrecisionLine, precisionChart } from './precision-chart.ts'
import { frozen, type Way, weightedTriple } from './ways.ts'

/** k from 1 to this. */
const deepest = 20

const drawn: readonly { readonly name: string; readonly colour: string; readonly way: Way }[] = [
  { name: 'weighted ensemble', colour: '#d93025', way: weightedTriple },
  { name: 'triplet', colour: '#1967d2', way: { members: ['triplet'], weighted: false } },
  { name: 'attributes', colour: '#188038', way: { members: ['attributes'], weighted: false } },
  { name: 'DINO', colour: '#e8710a', way: { members: ['dino'], weighted: false } },
  { name: 'frozen MobileNet', colour: '#5f6368', way: { members: [frozen], weighted: false } },
]

/** Draws the paper's figure 7 anew, both galleries: precision by k, and P@5 on val by the weights. */
export async function picturesSection(
  { galleries }: GroceryStudy,
  { docs }: SectionContext,
): Promise<string> {
  const folder = join(docs, 'results')
  await mkdir(folder, { recursive: true })
  const shown: string[] = []
  for (const study of galleries) {
    const where =
      study.gallery === 'iconic' ? 'iconic pictures' : 'iconic pictures and train photos'
    const curves = `precision-${study.gallery}.svg`
    await writeFileAtomic(join(folder, curves), curvesOf(study, where))
    shown.push(`![precision at k, ${where}](results/${curves})`)
    const searches = seedsOf(study, { way: weightedTriple, training: 'photos' }).flatMap(
      ({ search }) => (search === undefined ? [] : [search]),
    )
    if (searches.length === 0) continue
    const map = `weights-${study.gallery}.svg`
    const found = meanOfSearches(searches)
    await writeFileAtomic(join(folder, map), weightsHeatMap({ names: kinds, ...found }))
    shown.push(`![P@5 on val by the weights, ${where}](results/${map})`)
  }
  return `## Precision by k, and by the weights

Retrievers that learned from iconic pictures and photos, mean of the seeds; dotted lines with views (the mean of their scores). The triangles show P@5
on the val photos for all weights of the three, mean of the seeds; the best of that mean is framed, while every seed of the ensemble has weights of its own.

${shown.join('\n\n')}
`
}

function curvesOf(study: GalleryStudy, where: string): string {
  const lines = drawn.flatMap(({ name, colour, way }) => {
    const lone = way.members.join() === frozen
    const trials = seedsOf(study, { way, training: lone ? undefined : 'photos' })
    if (trials.length === 0) return []
    const line = (viewing: 'none' | 'mean'): PrecisionLine => ({
      name: viewing === 'none' ? name : `${name}, views`,
      colour,
      dotted: viewing !== 'none',
      precisions: precisions(trials, viewing),
    })
    return [line('none'), line('mean')]
  })
  return precisionChart(`P@k in percent, ${study.pictures} ${where}`, lines)
}

function precisions(trials: readonly MeasuredTrial[], viewing: 'none' | 'mean'): number[] {
  return Array.from({ length: deepest }, (_, i) => {
    const found = trials.map(({ ranks }) => precisionAtK(ranks[viewing], i + 1))
    return found.reduce((sum, p) => sum + p, 0) / found.length
  })
}
