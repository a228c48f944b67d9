import type { Rng } from '../../core/index.ts'
import type { FacePair } from '../../data/index.ts'
import type { ComparedPictures } from './verifier-recipe.ts'

/** Photos of a batch, and which of them are compared as what. */
export interface Comparisons {
  /** N paths. */
  readonly paths: readonly string[]
  /** [N, N] 1 where two show the same. */
  readonly targets: Float32Array
  /** [N, N] how much a comparison counts; 0 where it is not made. They add up to 1. */
  readonly weights: Float32Array
}

/** What a comparison of two places of a batch says; undefined where it is not made. */
type Verdict = (i: number, j: number) => boolean | undefined

/**
 * The comparisons of a batch of pairs.
 *
 * `given` follows the image-restricted protocol: whether a pair is the same is all that is known of it.
 * `named` reads the names, so it belongs to the unrestricted one. `views` shows half of the photos twice
 * and knows nothing: another photo is taken to be of another person.
 * @see Huang et al. 2007, section 4
 */
export function comparisonsOf(
  pairs: readonly FacePair[],
  compared: ComparedPictures,
  rng: Rng,
): Comparisons {
  if (compared === 'views') {
    const photos = [...new Set(pairs.flatMap(({ paths }) => paths))]
    const shown = Array.from({ length: pairs.length }, (_, i) => photos[i % photos.length]!)
    const chosen = photos.length > pairs.length ? rng.shuffle(photos).slice(0, pairs.length) : shown
    const paths = chosen.flatMap((path) => [path, path])
    return balanced(paths, (i, j) =>
      paths[i] !== paths[j] ? false : partner(i) === j ? true : undefined,
    )
  }
  const paths = pairs.flatMap((pair) => pair.paths)
  if (compared === 'given')
    return balanced(paths, (i, j) => (partner(i) === j ? pairs[i >> 1]!.same : undefined))
  const people = pairs.flatMap((pair) => pair.people)
  return balanced(paths, (i, j) => (paths[i] === paths[j] ? undefined : people[i] === people[j]))
}

/** The other place of a pair. */
const partner = (i: number): number => i ^ 1

/** Comparisons, each pair of places once; those of the same count half, the others the other half. */
function balanced(paths: readonly string[], verdict: Verdict): Comparisons {
  const n = paths.length
  const [targets, weights] = [new Float32Array(n * n), new Float32Array(n * n)]
  const places: { readonly same: number[]; readonly different: number[] } = {
    same: [],
    different: [],
  }
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const same = verdict(i, j)
      if (same === undefined) continue
      if (same) places.same.push(i * n + j)
      else places.different.push(i * n + j)
    }
  const kinds = [places.same, places.different].filter(({ length }) => length > 0)
  for (const kind of kinds)
    for (const place of kind) weights[place] = 1 / (kinds.length * kind.length)
  for (const place of places.same) targets[place] = 1
  return { paths, targets, weights }
}
