import type { Product } from './product.ts'

/** The products of a shop as a reader found them. */
export interface Catalogue {
  /** From the name of the file or folder. */
  readonly name: string
  readonly products: readonly Product[]
  /** What was left out and why. */
  readonly skipped: readonly Skipped[]
}

/** Something that a reader left out. */
export interface Skipped {
  /** A path, or a file with a line: `shop.csv line 3`. */
  readonly place: string
  readonly reason: string
}
