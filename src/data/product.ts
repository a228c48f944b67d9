/** One product of a catalogue. */
export interface Product {
  /** Unique in its catalogue. */
  readonly id: string
  readonly title: string
  /** Free attributes: colour, category, ... */
  readonly attributes: Readonly<Record<string, string>>
  /** Its pictures; at least one where the catalogue is sound. */
  readonly pictures: readonly ProductPicture[]
}

/** Where one picture of a product lies and what kind it is. */
export interface ProductPicture {
  /** Path of the file. */
  readonly path: string
  /** The web address it was fetched from, where the catalogue names one. */
  readonly uri?: string
  /** `catalogue`: made for the shop; `photo`: taken in the wild. */
  readonly kind: 'catalogue' | 'photo'
}
