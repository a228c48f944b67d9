import { invalidInput } from '../../core/index.ts'
import type { Picture } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import type { QueryTerm, WeightedQuery } from '../../search/index.ts'
import { queryViews, type Viewing } from './query-views.ts'

/** What hits are to look like, and what not; at least one of `pictures`, `words` and `like`. */
export interface CatalogueQuery {
  /** Pictures that count alike. */
  readonly pictures?: readonly Picture[]
  /** Vectors of texts by the index's encoder, [B, D], that count like pictures. */
  readonly words?: Float32Array
  /** Ids of indexed products, each by the mean of its pictures; none of them is among the hits. */
  readonly like?: readonly string[]
  /** Pictures that hits must not look like. */
  readonly not?: readonly Picture[]
  /** How much these count beside what is looked for; default 0.5. */
  readonly notWeight?: number
  /** Views of the pictures that are asked for; default none but the pictures themselves. */
  readonly views?: Viewing
}

/** What {@link composeQuery} takes. */
export interface ComposeQueryOptions {
  readonly query: CatalogueQuery
  readonly encoder: PictureEncoder
  /** The stored vectors of an indexed product. */
  readonly vectorsOf: (product: string) => Promise<readonly Float32Array[]>
  readonly signal?: AbortSignal
}

/**
 * A query of pictures and products as weighted vectors.
 *
 *   q = mean_{p in pictures, texts and products} p − ν mean_{n in not} n
 *
 * The mean over views is the mean of the vectors; for the largest score there is a query a view.
 * @throws InvalidInput when there is nothing to look for; NotFound on an unknown product
 */
export async function composeQuery(options: ComposeQueryOptions): Promise<WeightedQuery[]> {
  const { query, encoder, vectorsOf, signal } = options
  const {
    pictures = [],
    words = new Float32Array(),
    like = [],
    not = [],
    notWeight = 0.5,
    views = 'none',
  } = query
  const texts = words.length / encoder.dimension
  const wanted = pictures.length + texts + like.length
  if (wanted === 0) throw invalidInput('search: there is nothing to look for; give a picture')
  if (!(notWeight >= 0 && Number.isFinite(notWeight)))
    throw invalidInput(
      `search: the weight of what is not wanted is ${notWeight}, it must be 0 or more`,
    )

  const shown = [...pictures, ...not].map((picture) => queryViews(picture, views))
  const encoded = await encoder.encode(shown.flat(), signal === undefined ? {} : { signal })
  const count = shown[0]?.length ?? 1
  const vectorOf = (picture: number, view: number): Float32Array => {
    const at = (picture * count + view) * encoder.dimension
    return encoded.subarray(at, at + encoder.dimension)
  }
  const others: QueryTerm[] = []
  for (let start = 0; start < words.length; start += encoder.dimension)
    others.push({
      vector: words.subarray(start, start + encoder.dimension),
      weight: 1 / wanted,
    })
  for (const product of like) {
    const vectors = await vectorsOf(product)
    for (const vector of vectors) others.push({ vector, weight: 1 / (wanted * vectors.length) })
  }
  const perView = Array.from({ length: count }, (_, view): QueryTerm[] =>
    shown.map((_, i) => ({
      vector: vectorOf(i, view),
      weight: i < pictures.length ? 1 / wanted : -notWeight / not.length,
    })),
  )
  if (views === 'max') return perView.map((terms) => [...terms, ...others])
  const mean = perView.flat().map(({ vector, weight }) => ({ vector, weight: weight / count }))
  return [[...mean, ...others]]
}
