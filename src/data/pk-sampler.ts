import { invalidInput, type Rng } from '../core/index.ts'

/** Options of {@link pkBatches}. */
export interface PkOptions {
  /** The pictures of each product, as indices into the caller's list; none may be empty. */
  readonly groups: readonly (readonly number[])[]
  /** P, at most the number of products. */
  readonly productsPerBatch: number
  /** K. */
  readonly picturesPerProduct: number
  /** How many batches; default: as many as draw at least as many pictures as there are. */
  readonly batches?: number
}

/**
 * Batches of P products with K pictures each, product by product: what a triplet loss needs to
 * find positives and negatives in every batch.
 *
 * Products come in shuffled rounds, each once a round, so the visits of two products never
 * differ by more than one; so do the pictures within a product. A batch holds P distinct
 * products, and K distinct pictures of each unless it has fewer than K.
 * @param rng drawn from as the batches are taken
 * @throws InvalidInput when P exceeds the number of products, a product has no picture, or a
 *   number is not whole and positive
 */
export function pkBatches(options: PkOptions, rng: Rng): Iterable<number[]> {
  const { groups, productsPerBatch, picturesPerProduct } = options
  const pictures = groups.reduce((sum, group) => sum + group.length, 0)
  const { batches = Math.ceil(pictures / (productsPerBatch * picturesPerProduct)) } = options
  check(options)
  return generate()

  function* generate() {
    const nextProducts = rounds(groups.length, rng)
    const nextPictures = groups.map((group) => rounds(group.length, rng))
    for (let batch = 0; batch < batches; batch++)
      yield nextProducts(productsPerBatch).flatMap((product) =>
        nextPictures[product]!(picturesPerProduct).map((i) => groups[product]![i]!),
      )
  }
}

/**
 * Draws from 0..size-1 in shuffled rounds; the numbers of one draw are distinct as far as there
 * are enough.
 * @returns a function that draws `count` numbers
 */
function rounds(size: number, rng: Rng): (count: number) => number[] {
  const all = Array.from({ length: size }, (_, i) => i)
  let waiting: number[] = []
  return (count) => {
    const drawn: number[] = []
    while (drawn.length < count) {
      if (waiting.length === 0) waiting = rng.shuffle(all)
      // Where a draw reaches into the next round, what it holds already waits its turn there.
      const held = drawn.slice(drawn.length - (drawn.length % size))
      const next = waiting.findIndex((item) => !held.includes(item))
      drawn.push(...waiting.splice(next, 1))
    }
    return drawn
  }
}

function check({ groups, productsPerBatch, picturesPerProduct, batches = 1 }: PkOptions): void {
  for (const [name, value] of Object.entries({ productsPerBatch, picturesPerProduct, batches }))
    if (!(Number.isInteger(value) && value > 0))
      throw invalidInput(`pkBatches: ${name} is ${value}, it must be a whole number above 0`)
  if (productsPerBatch > groups.length)
    throw invalidInput(
      `pkBatches: ${productsPerBatch} products a batch but only ${groups.length} products; lower productsPerBatch`,
    )
  const empty = groups.findIndex((group) => group.length === 0)
  if (empty >= 0) throw invalidInput(`pkBatches: product ${empty} has no pictures; leave it out`)
}
