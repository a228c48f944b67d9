import { resolve } from 'node:path'
import type { Picture } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import {
  bestOfLists,
  type EncoderWeights,
  type Hit,
  type OpenOptions,
  openIndex,
  type Queries,
  type VectorIndex,
} from '../../search/index.ts'
import { type CatalogueQuery, composeQuery } from '../ensemble/compose-query.ts'
import { type Condition, productsThatMeet } from './filter.ts'
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
  /** Cosine of query and picture, -1 to 1; of several encoders or pictures their weighted mean. */
  readonly score: number
  /** Path of the picture that matched. */
  readonly picture: string
  /** The web address it was fetched from, where the catalogue names one. */
  readonly uri?: string
}

/** What is searched, and what comes of it. */
export interface FindOptions {
  /** At most this many hits a query. */
  readonly top: number
  /** What a hit stands for: a product by its best picture (default), or every picture for itself. */
  readonly by?: 'product' | 'picture'
  /** How much each encoder counts; default: what the index stores, else all the same. */
  readonly weights?: EncoderWeights
  /** Conditions that all hits meet. */
  readonly filter?: readonly Condition[]
  readonly signal?: AbortSignal
}

/** What a search of a catalogue takes. */
export interface SearchCatalogueOptions extends FindOptions {
  /** Pictures, boxes cropped already, or what the encoder made of them. [B] or [B, D] */
  readonly queries: readonly Picture[] | Float32Array
}

/** An indexed catalogue open for searching: a resource to be closed. */
export interface SearchableCatalogue {
  readonly generation: number
  /** Pictures in the index. */
  readonly pictures: number
  readonly products: ReadonlyMap<string, Omit<StoredProduct, 'stamps'>>
  /**
   * The nearest hits of every query, nearest first.
   * @throws InvalidInput when `top` is not a positive integer or weights or filter are not usable;
   *   Cancelled
   */
  search(options: SearchCatalogueOptions): Promise<CatalogueHit[][]>
  /**
   * The nearest hits of one query of several pictures and products.
   * @throws as `search`; InvalidInput when there is nothing to look for; NotFound on an unknown product
   */
  find(query: CatalogueQuery, options: FindOptions): Promise<CatalogueHit[]>
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
    const titled = (hits: readonly Hit[]): CatalogueHit[] =>
      hits.map(({ product, picture, score }, i) => {
        const { title = product, attributes = {}, uris } = products.get(product) ?? {}
        const uri = uris?.get(picture)
        const more = uri === undefined ? {} : { uri }
        return { rank: i + 1, product, title, attributes, score, picture, ...more }
      })
    const meeting = rememberLast((conditions) => productsThatMeet(products.values(), conditions))
    const nearest = (queries: Queries, options: FindOptions): Promise<Hit[][]> => {
      const { by = 'product', filter = [], ...rest } = options
      const chosen = filter.length === 0 ? {} : { products: meeting(filter) }
      const search = { ...rest, ...chosen }
      return by === 'product'
        ? index.searchProducts(queries, search)
        : index.search(queries, search)
    }
    return {
      generation: index.generation,
      pictures: index.count,
      products,
      async search({ queries, ...options }) {
        const { signal } = options
        const stop = signal === undefined ? {} : { signal }
        const vectors =
          queries instanceof Float32Array ? queries : await encoder.encode(queries, stop)
        return (await nearest(vectors, options)).map(titled)
      },
      async find(query, options) {
        const { top, by = 'product', signal } = options
        const stop = signal === undefined ? {} : { signal }
        const own = new Set(query.like)
        const ownPictures = () => index.entries.filter(({ product }) => own.has(product)).length
        const more = by === 'product' || own.size === 0 ? own.size : ownPictures()
        const asked = top < 1 ? top : top + more // what is wrong with it the index says
        const vectorsOf = (product: string) => index.vectorsOf(product)
        const terms = await composeQuery({ query, encoder, vectorsOf, ...stop })
        const lists = await nearest(terms, { ...options, top: asked })
        const best = lists.length === 1 ? lists[0]! : bestOfLists(lists, { top: asked, by })
        return titled(best.filter(({ product }) => !own.has(product)).slice(0, top))
      },
      close: () => index.close(),
    }
  } catch (error) {
    await index.close()
    throw error
  }
}

/** Most searches of a person or a page have the same conditions as the one before. */
function rememberLast<T>(
  make: (conditions: readonly Condition[]) => T,
): (conditions: readonly Condition[]) => T {
  let last: { readonly key: string; readonly made: T } | undefined
  return (conditions) => {
    const key = JSON.stringify(conditions)
    if (last?.key !== key) last = { key, made: make(conditions) }
    return last.made
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
