import { type MeasuredBaseline, measureBaselines } from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import { type GalleryStudy, pick, seedsOf } from './gallery-study.ts'
import { kinds } from './grocery-runs.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { type GalleryName, galleries } from './grocery-vectors.ts'
import { meanAndDeviation, notRun } from './section.ts'
import { precision } from './table-one.ts'
import { type Way, weightedTriple } from './ways.ts'

interface SeedBaselines {
  readonly gallery: GalleryName
  readonly seed: number | undefined
  readonly found: readonly MeasuredBaseline[]
}

const order = [
  'equal sampling',
  'mean pooling',
  'weighted pooling',
  'score fusion',
  'reciprocal rank fusion',
  'weighted reciprocal rank fusion',
]

/** What else can be done with three encoders, each way with the settings that are best for itself. */
export async function baselinesSection(
  study: GroceryStudy,
  context: SectionContext,
): Promise<string> {
  const measured: SeedBaselines[] = []
  for (const one of study.galleries)
    for (const { seed, encoders } of seedsOf(one, { way: weightedTriple, training: 'photos' })) {
      const members = encoders.map((name) => study.vectors.names.indexOf(name))
      const { gallery } = one
      const retrieval = (split: 'val' | 'test') =>
        pick(study.vectors.retrieval({ split, gallery, viewing: 'none' }), members)
      const found = await measureBaselines(retrieval('test'), { tuneOn: retrieval('val') })
      measured.push({ gallery, seed, found })
      const task = `Measuring baselines, ${gallery}, seed ${seed}`
      context.progress({ task, done: found.length, unit: 'ways' })
    }
  return render(study.galleries, measured)
}

function render(studies: readonly GalleryStudy[], measured: readonly SeedBaselines[]): string {
  const ensembles: readonly [string, Way][] = [
    ['**weighted ensemble**', weightedTriple],
    ['ensemble, equal weights', { members: kinds, weighted: false }],
  ]
  const own = ensembles.map(([name, way]) => {
    const figures = studies.flatMap((study) =>
      [1, 5].map((k) =>
        precision(seedsOf(study, { way, training: 'photos' }), { viewing: 'none', k }),
      ),
    )
    return `| ${[name, ...figures].join(' | ')} |`
  })
  const others = order.map((way) => {
    const figures = galleries.flatMap((gallery) =>
      (['p1', 'p5'] as const).map((part) => {
        const shares = measured
          .filter((one) => one.gallery === gallery)
          .map(({ found }) => found.find((one) => one.way === way)!.table[part])
        return shares.length === 0 ? notRun : meanAndDeviation(shares)
      }),
    )
    return `| ${[way, ...figures].join(' | ')} |`
  })
  return `## Baselines: other ways to use three encoders

The three retrievers that learned from iconic pictures and photos, without views. Equal sampling takes from each list in turn, the best encoder's first; pooling takes the mean of the
vectors before the nearest are sought; fusion asks each encoder for its nearest k pictures (10, 50 or 100) and adds up normalised scores, or 1 / (c + rank)
with c of 1, 5, 20, 60 or 150, as vector databases do. Every way has the weights (on the grid that the ensemble has), k and c that are best for itself by P@5
on val. The encoders were trained apart and their axes have nothing to do with one another, which is what pooling suffers from.

| way | iconic P@1 | P@5 | iconic + photos P@1 | P@5 |
|---|---|---|---|---|
${[...own, ...others].join('\n')}

<details><summary>The chosen settings (weights of attributes, triplet, DINO)</summary>

| gallery | seed | way | k | c | weights |
|---|---|---|---|---|---|
${measured.flatMap(settingRows).join('\n')}

</details>
`
}

function settingRows({ gallery, seed, found }: SeedBaselines): string[] {
  return found
    .filter(({ settings }) => Object.keys(settings).length > 0)
    .map(({ way, settings: { depth, constant, weights, first } }) => {
      const cells = [
        gallery,
        seed,
        way,
        depth,
        constant,
        weights?.join(', ') ?? (first === undefined ? 'equal' : `${kinds[first]} first`),
      ]
      return `| ${cells.map((cell) => cell ?? '').join(' | ')} |`
    })
}
