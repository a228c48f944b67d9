import type { Rng } from '../core/index.ts'
import type { GrocerySplit, GroceryStore } from './grocery-store.ts'
import type { FacePair } from './lfw/parse-pairs.ts'

/**
 * Pairs of photos of a split of the Grocery Store, drawn by chance: for each photo that has a sibling one
 * pair of the same product, and as many pairs of two products.
 */
export function groceryPairs(store: GroceryStore, split: GrocerySplit, rng: Rng): FacePair[] {
  const photos = store[split]
  const of = new Map<number, number[]>()
  photos.forEach(({ classId }, i) => void of.set(classId, [...(of.get(classId) ?? []), i]))
  const pairOf = (a: number, b: number): FacePair => {
    const [one, two] = [photos[a]!, photos[b]!]
    return {
      same: one.classId === two.classId,
      people: [store.classes[one.classId]!.name, store.classes[two.classId]!.name],
      paths: [one.path, two.path],
    }
  }
  const drawn = photos.flatMap(({ classId }, i) => {
    const siblings = of.get(classId)!.filter((other) => other !== i)
    if (siblings.length === 0 || of.size < 2) return []
    let other = rng.integer(photos.length)
    while (photos[other]!.classId === classId) other = rng.integer(photos.length)
    return [pairOf(i, rng.pick(siblings)), pairOf(i, other)]
  })
  return drawn
}
