import { resolve } from 'node:path'
import type { Picture } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { type OpenOptions, openIndex, type VectorIndex } from '../../search/index.ts'
import { productsKey, productsMissing, readProducts, type StoredProduct } from './products.ts'
import { assertSameEncoder } from './search-encoder.ts'

/** A picture or a product of a catalogue that a search found. */
export interface CatalogueHit {
  /** From 1. */
  readonly rank: number
  /** The product's id. */
  readonly product: string
  readonly title: string
  readonly attributes: Readonly<Record<string, string>>
  /** Cosine of query and picture, -1 to 1. */
  readonly score: number
  /** Path of the picture that matched. */
  readonly picture: string
  /** The web address it was fetched from, where the catalogue names one. */
  readonly uri?: string
}

/** What a search of a catalogue takes. */
export interface SearchCatalogueOptions {
  /** Pictures, boxes cropped already, or what the encoder made of them. [B] or [B, D] */
  readonly queries: readonly Picture[] | Float32Array
  /** At most this many hits a query. */
  readonly top: number
  /** What a hit stands for: a product by its best picture (default), or every picture for itself. */
  readonly by?: 'product' | 'picture'
  readonly signal?: AbortSignal
}

/** An indexed catalogue open for searching: a resource to be closed. */
export interface SearchableCatalogue {
  readonly generation: number
  /** Pictures in the index. */
  readonly pictures: number
  readonly products: ReadonlyMap<string, Omit<StoredProduct, 'stamps'>>
  /**
   * The nearest hits of every query, nearest first.
   * @throws InvalidInput when `top` is not a positive integer; Cancelled
   */
  search(options: SearchCatalogueOptions): Promise<CatalogueHit[][]>
  close(): Promise<void>
}

/**
 * Opens what {@link indexCatalogue} made.
 * @param encoder the one it was made with; it stays the caller's to close
 * @throws NotFound when the folder has no index; InvalidInput when it is damaged; Conflict when
 *   another encoder made it
 */
export async function openCatalogue(
  folder: string,
  { encoder, ...options }: OpenOptions & { readonly encoder: PictureEncoder },
): Promise<SearchableCatalogue> {
  const place = resolve(folder)
  const index = await openIndex(place, options)
  try {
    assertSameEncoder({
      folder: place,
      encoders: index.encoders,
      encoder,
      remedy: 'index the catalogue again, or name that model with --model',
    })
    const products = await productsOf(place, index)
    return {
      generation: index.generation,
      pictures: index.count,
      products,
      async search({ queries, top, by = 'product', signal }) {
        const stop = signal === undefined ? {} : { signal }
        const vectors =
          queries instanceof Float32Array ? queries : await encoder.encode(queries, stop)
        const found =
          by === 'product'
            ? await index.searchProducts(vectors, { top, ...stop })
            : await index.search(vectors, { top, ...stop })
        return found.map((hits) =>
          hits.map(({ product, picture, score }, i) => {
            const { title = product, attributes = {}, uris } = products.get(product) ?? {}
            const uri = uris?.get(picture)
            const more = uri === undefined ? {} : { uri }
            return { rank: i + 1, product, title, attributes, score, picture, ...more }
          }),
        )
      },
      close: () => index.close(),
    }
  } catch (error) {
    await index.close()
    throw error
  }
}

/** A writer may have replaced the index, and its products with it, since we opened it. */
async function productsOf(folder: string, index: VectorIndex) {
  for (;;) {
    const key = productsKey(index.entries)
    const products = await readProducts(folder, key)
    if (products !== undefined) return products
    if (!(await index.refresh())) throw productsMissing(folder, key)
  }
}
