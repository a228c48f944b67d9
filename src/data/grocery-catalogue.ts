import type { Catalogue } from './catalogue.ts'
import type { GrocerySplit, GroceryStore } from './grocery-store.ts'
import type { ProductPicture } from './product.ts'

/** Which photos stand beside the iconic pictures. */
export type GroceryPhotos = 'none' | GrocerySplit

/**
 * The Grocery Store data set as a catalogue: one product a class with its iconic picture (kind
 * `catalogue`), then the chosen photos of it (kind `photo`).
 *
 * The id is the class name; attributes are `category`, the coarse name, and `description`.
 */
export function groceryCatalogue(
  store: GroceryStore,
  { photos }: { readonly photos: GroceryPhotos },
): Catalogue {
  const taken = store.classes.map((): ProductPicture[] => [])
  if (photos !== 'none')
    for (const { path, classId } of store[photos]) taken[classId]!.push({ path, kind: 'photo' })
  const products = store.classes.map(({ id, name, coarseName, iconicPath, description }) => ({
    id: name,
    title: name.replaceAll('-', ' '),
    attributes: { category: coarseName.replaceAll('-', ' '), description },
    pictures: [{ path: iconicPath, kind: 'catalogue' as const }, ...taken[id]!],
  }))
  return { name: 'grocery', products, skipped: [] }
}
