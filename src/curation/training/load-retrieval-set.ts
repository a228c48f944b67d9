import { invalidInput, type Rng } from '../../core/index.ts'
import {
  type Catalogue,
  type CatalogueOptions,
  findFashionSet,
  findGroceryStore,
  type GroceryStore,
  groceryCatalogue,
  readCatalogue,
  readFashionSet,
  readGroceryStore,
} from '../../data/index.ts'
import { fashionFiles } from './fashion-files.ts'
import { attributesOf } from './product-attributes.ts'
import {
  type DecodeAllOptions,
  decodeAll,
  type LabelledFile,
  type RetrievalFiles,
  type RetrievalSet,
} from './retrieval-set.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/**
 * Finds what to train on: the Grocery Store data set (its train photos and iconic pictures against
 * its val photos), the Fashion Product Images as {@link fashionFiles} says, or any catalogue, of which one picture of every product that has three or more
 * is held out for validation.
 * @param path the data set's folder, or a catalogue as {@link readCatalogue} takes
 * @param options for the catalogue's reader, and what a recipe says of the data
 * @throws InvalidInput when a catalogue has no product with three pictures
 */
export async function findRetrievalFiles(
  path: string,
  rng: Rng,
  options: CatalogueOptions & Pick<RetrieverRecipe, 'cataloguePicturesOnly'> = {},
): Promise<RetrievalFiles> {
  if ((await findGroceryStore(path)) !== undefined) {
    const store = await readGroceryStore(path)
    const iconicOnly = options.cataloguePicturesOnly === true
    return {
      name: iconicOnly ? 'Grocery Store, iconic pictures' : 'Grocery Store',
      train: [...groceryIconic(store), ...(iconicOnly ? [] : groceryPhotos(store, 'train'))],
      validation: groceryPhotos(store, 'val'),
      attributes: attributesOf(groceryCatalogue(store, { photos: 'none' }).products),
    }
  }
  if ((await findFashionSet(path)) !== undefined) return fashionFiles(await readFashionSet(path))
  return holdOut(await readCatalogue(path, options), rng)
}

/** The iconic picture of every product of the Grocery Store. */
export const groceryIconic = (store: GroceryStore): LabelledFile[] =>
  store.classes.map(({ iconicPath, name }) => ({ path: iconicPath, product: name }))

/** The photos of one split of the Grocery Store. */
export const groceryPhotos = (
  store: GroceryStore,
  split: 'train' | 'val' | 'test',
): LabelledFile[] =>
  store[split].map(({ path, classId }) => ({ path, product: store.classes[classId]!.name }))

/** Decodes the files at the size that a training needs. */
export async function loadRetrievalSet(
  files: RetrievalFiles,
  options: DecodeAllOptions,
): Promise<RetrievalSet> {
  const { train, validation, gallery, attributes } = files
  return {
    train: await decodeAll(train, options),
    validation: await decodeAll(validation, options),
    ...(gallery === undefined ? {} : { gallery: await decodeAll(gallery, options) }),
    attributes,
  }
}

function holdOut(catalogue: Catalogue, rng: Rng): RetrievalFiles {
  const train: LabelledFile[] = []
  const validation: LabelledFile[] = []
  for (const { id, pictures } of catalogue.products) {
    const files = rng.shuffle(pictures.map(({ path }) => ({ path, product: id })))
    if (files.length >= 3) validation.push(files.pop()!)
    train.push(...files)
  }
  if (validation.length === 0)
    throw invalidInput(
      `${catalogue.name}: no product has three pictures or more, so none can be held out for validation; add pictures of the same product from other angles`,
    )
  return { name: catalogue.name, train, validation, attributes: attributesOf(catalogue.products) }
}
