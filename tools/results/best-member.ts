import type { GalleryStudy } from './gallery-study.ts'
import { seedsOf } from './gallery-study.ts'
import { type Kind, kinds, type Training } from './grocery-runs.ts'
import { weightedTriple } from './ways.ts'

/**
 * The member of the triple that is best alone by its mean P@5 on the val photos over the seeds, as the weight
 * search saw it with all weight on it.
 * @returns undefined where no weights were searched
 */
export function bestMember(study: GalleryStudy, training: Training): Kind | undefined {
  const searches = seedsOf(study, { way: weightedTriple, training }).flatMap(({ search }) =>
    search === undefined ? [] : [search],
  )
  if (searches.length === 0) return undefined
  const alone = kinds.map((kind, e) => {
    const found = searches.map(
      ({ trials }) => trials.find(({ weights }) => weights[e] === 1)!.table.p5,
    )
    return { kind, p5: found.reduce((sum, p5) => sum + p5, 0) }
  })
  return alone.reduce((a, b) => (b.p5 > a.p5 ? b : a)).kind
}
