import { AppError, conflict } from '../../core/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { type BuildOptions, type Entry, openIndex } from '../../search/index.ts'
import { productsKey, readProducts, type StoredProduct } from './products.ts'
import { assertSameEncoder } from './search-encoder.ts'

/** What an index holds now. */
export interface CurrentIndex {
  readonly entries: readonly Entry[]
  /** Name of its products file. */
  readonly key: string
  /** Its products; none where their file is gone. */
  readonly products: ReadonlyMap<string, StoredProduct>
  /** @throws Conflict when another encoder made it */
  assertMadeBy(encoder: PictureEncoder): void
  /** @throws Conflict when its rows are kept or searched in another way than is asked for */
  assertKeptAs(asked: Pick<BuildOptions, 'precision' | 'method'>): void
}

/** Reads an index that is about to be changed or replaced; undefined where there is none. */
export async function readCurrentIndex(
  folder: string,
  { damagedIsAbsent }: { readonly damagedIsAbsent: boolean },
): Promise<CurrentIndex | undefined> {
  try {
    const index = await openIndex(folder, { threads: 1 })
    try {
      const { entries, encoders, precision, method } = index
      const key = productsKey(entries)
      return {
        entries,
        key,
        products: (await readProducts(folder, key)) ?? new Map(),
        assertMadeBy: (encoder) =>
          assertSameEncoder({
            folder,
            encoders,
            encoder,
            remedy: 'index again without --update, or name that model with --model',
          }),
        assertKeptAs: (asked) => {
          for (const [what, is, wanted] of [
            ['precision', precision, asked.precision],
            ['method', method, asked.method],
          ])
            if (wanted !== undefined && wanted !== is)
              throw conflict(
                `${folder}: this index has the ${what} ${is}, an update cannot make it ${wanted}; index again without --update, or leave --${what} out`,
              )
        },
      }
    } finally {
      await index.close()
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'NotFound' || damagedIsAbsent) return undefined
    throw error
  }
}
