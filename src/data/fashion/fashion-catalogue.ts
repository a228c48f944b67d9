import type { Catalogue } from '../catalogue.ts'
import type { FashionSet } from './read-fashion.ts'

/** The Fashion Product Images data set as a catalogue, one picture a product. */
export function fashionCatalogue({ products, skipped }: FashionSet): Catalogue {
  return {
    name: 'fashion',
    products: products.map(({ id, title, attributes, path }) => ({
      id,
      title,
      attributes,
      pictures: [{ path, kind: 'catalogue' }],
    })),
    skipped,
  }
}
