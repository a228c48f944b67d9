import { join } from 'node:path'
import { groceryCatalogue, readGroceryStore } from '../../data/index.ts'
import { queryDecodeSide } from '../catalogue/encode.ts'
import { type DemoContext, type DemoPart, runPart } from './part.ts'
import { photoQueries } from './photos.ts'

/** What {@link groceryDemo} takes. */
export interface GroceryDemoOptions extends DemoContext {
  /** The data set's folder. */
  readonly data: string
  /** Where the indexes go. */
  readonly folder: string
}

/**
 * Searches the Grocery Store data set with all its test photos: among the iconic pictures alone,
 * and among these and the train photos.
 * @throws NotFound or InvalidInput when the data set is not whole
 */
export async function groceryDemo(options: GroceryDemoOptions): Promise<DemoPart> {
  const { data, folder, ...context } = options
  const store = await readGroceryStore(data)
  const photos = store.test.map(({ path, classId }) => ({
    path,
    product: store.classes[classId]!.name,
  }))
  const longestSide = queryDecodeSide(context.encoder)
  return runPart({
    ...context,
    name: 'Grocery Store',
    galleries: [
      {
        name: 'iconic pictures',
        catalogue: groceryCatalogue(store, { photos: 'none' }),
        folder: join(folder, 'grocery-iconic'),
      },
      {
        name: 'iconic pictures and train photos',
        catalogue: groceryCatalogue(store, { photos: 'train' }),
        folder: join(folder, 'grocery-photos'),
      },
    ],
    queries: [
      {
        name: 'test photos',
        total: photos.length,
        make: () => photoQueries(photos, { longestSide }),
      },
    ],
  })
}
