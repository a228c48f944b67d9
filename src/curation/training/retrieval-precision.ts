import type { PictureEncoder } from '../../encoders/index.ts'
import { type RetrievalTable, retrievalTable } from '../../metrics/index.ts'
import type { LabelledPictures } from './retrieval-set.ts'

/** Vectors of pictures and what each picture shows. */
export interface LabelledVectors {
  /** [N, dimension] unit length */
  readonly vectors: Float32Array
  readonly products: readonly string[]
  readonly dimension: number
}

/** Encodes labelled pictures. */
export async function encodeLabelled(
  encoder: PictureEncoder,
  { pictures, products }: LabelledPictures,
  options: { readonly signal?: AbortSignal } = {},
): Promise<LabelledVectors> {
  const vectors = await encoder.encode(pictures, options)
  return { vectors, products, dimension: encoder.dimension }
}

/** Precision at 1, 5 and 10 of queries in a gallery. */
export function precisionOf(queries: LabelledVectors, gallery: LabelledVectors): RetrievalTable {
  return retrievalTable({
    queries: queries.vectors,
    queryLabels: queries.products,
    gallery: gallery.vectors,
    galleryLabels: gallery.products,
  })
}
