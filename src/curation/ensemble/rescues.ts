/** How often an ensemble and its members are right about different queries; shares of all queries. */
export interface Rescues {
  /** The ensemble is right and no member is. */
  readonly rescued: number
  /** Some member is right and the ensemble is not. */
  readonly lost: number
  /** Some member is right: what choosing the best member a query would give. */
  readonly oracle: number
}

/**
 * Compares an ensemble with its members query by query; right is what ranks among the first k.
 * @param members [members] of [Q] ranks
 * @see Ahemad et al. 2024, figure 1
 */
export function rescues(
  ranks: {
    readonly ensemble: readonly number[]
    readonly members: readonly (readonly number[])[]
  },
  k: number,
): Rescues {
  const { ensemble, members } = ranks
  let [rescued, lost, oracle] = [0, 0, 0]
  for (const [q, rank] of ensemble.entries()) {
    const someRight = members.some((own) => own[q]! <= k)
    if (someRight) oracle++
    if (rank <= k && !someRight) rescued++
    if (rank > k && someRight) lost++
  }
  const all = ensemble.length
  return { rescued: rescued / all, lost: lost / all, oracle: oracle / all }
}
