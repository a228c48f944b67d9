import { join } from 'node:path'
import { groceryCatalogue, readGroceryStore } from '../data/index.ts'
import { queryDecodeSide } from './catalogue-index-encode.ts'
import type { IndexReport } from './catalogue-index.ts'
import { type DemoContext, type DemoTrial, runTrials } from './demo-part.ts'
import { photoQueries } from './demo-photos.ts'

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
export async function groceryDemo(
  options: GroceryDemoOptions,
): Promise<{ readonly indexing: IndexReport[]; readonly trials: DemoTrial[] }> {
  const { data, folder, ...context } = options
  const store = await readGroceryStore(data)
  const photos = store.test.map(({ path, classId }) => ({
    path,
    product: store.classes[classId]!.name,
  }))
  const longestSide = queryDecodeSide(context.encoder)
  const galleries = [
    { photos: 'none', name: 'iconic', gallery: 'iconic pictures' },
    { photos: 'train', name: 'photos', gallery: 'iconic and train photos' },
  ] as const
  const indexing: IndexReport[] = []
  const trials: DemoTrial[] = []
  for (const { photos: joined, name, gallery } of galleries) {
    const part = await runTrials({
      ...context,
      catalogue: groceryCatalogue(store, { photos: joined }),
      gallery,
      folder: join(folder, `index-${name}`),
      trials: [
        {
          queries: 'test photos',
          total: photos.length,
          make: () => photoQueries(photos, { longestSide }),
        },
      ],
    })
    indexing.push(part.indexing)
    trials.push(...part.trials)
  }
  return { indexing, trials }
}
