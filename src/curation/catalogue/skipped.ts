import type { Skipped } from '../../data/index.ts'

const mostListed = 1000

/** Collects what was left out: counts all of it, lists the first 1000. */
export function skipList(before: readonly Skipped[]) {
  const listed: Skipped[] = before.slice(0, mostListed)
  const own: Skipped[] = []
  let count = before.length
  return {
    add(skipped: Skipped): void {
      count++
      if (own.length === 0) own.push(skipped)
      if (listed.length < mostListed) listed.push(skipped)
    },
    count: (): number => count,
    list: (): readonly Skipped[] => listed,
    /** The first that was added here. */
    first: (): Skipped | undefined => own[0],
  }
}
