import { type FashionSet, fashionCatalogue, fashionSplitOf } from '../../data/index.ts'
import { typeAndColour } from '../evaluation/type-and-colour.ts'
import { attributesOf } from './product-attributes.ts'
import type { RetrievalFiles } from './retrieval-set.ts'

/** Each how many-th product that is learned from is also looked among in validation. */
const galleryStep = 4

/**
 * The Fashion Product Images: the products of the split train to learn from, one picture each. The
 * products of val are looked for among a quarter of these, and right is what has the same type and
 * colour, as no product has a second picture. Test is left alone.
 */
export function fashionFiles(set: FashionSet): RetrievalFiles {
  const label = typeAndColour(set)
  const inSplit = (split: 'train' | 'val') =>
    set.products.filter((product) => fashionSplitOf(product) === split)
  const alike = (products: FashionSet['products']) =>
    products.flatMap(({ id, path }) => {
      const product = label.get(id)
      return product === undefined ? [] : [{ path, product }]
    })
  const train = inSplit('train')
  return {
    name: 'Fashion Product Images',
    train: train.map(({ id, path }) => ({ path, product: id })),
    validation: alike(inSplit('val')),
    gallery: alike(train.filter((_, i) => i % galleryStep === 0)),
    attributes: attributesOf(fashionCatalogue(set).products),
  }
}
