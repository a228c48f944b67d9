import type { Picture } from '../../data/index.ts'
import { membersOf, type PictureEncoder } from '../../encoders/index.ts'
import { queryViews, type Viewing } from './query-views.ts'

/** What {@link encodeViews} takes. */
export interface EncodeViewsOptions {
  readonly pictures: readonly Picture[]
  /** One encoder or several joined. */
  readonly encoder: PictureEncoder
  readonly viewing: Viewing
  readonly signal?: AbortSignal
}

/**
 * Encodes queries view by view.
 * @returns [views] of [encoders] of [Q, D_e]: one view, that of the mean, unless the largest score
 *   over the views is to count
 */
export async function encodeViews(options: EncodeViewsOptions): Promise<Float32Array[][]> {
  const { pictures, encoder, viewing, signal } = options
  const shown = pictures.map((picture) => queryViews(picture, viewing))
  const views: Float32Array[][] = []
  for (let view = 0; view < (shown[0]?.length ?? 1); view++) {
    const some = shown.map((views) => views[view]!)
    const rows = await encoder.encode(some, signal === undefined ? {} : { signal })
    views.push(splitParts(rows, encoder))
  }
  return viewing === 'mean' ? [meanOfViews(views)] : views
}

/**
 * The mean vectors, whose scores are the mean scores of the views.
 * @param views [views] of [encoders] of [Q, D_e], at least one
 * @returns [encoders] of [Q, D_e]
 */
export function meanOfViews(views: readonly (readonly Float32Array[])[]): Float32Array[] {
  return views[0]!.map((first, e) => {
    const mean = new Float32Array(first.length)
    for (const view of views)
      for (let i = 0; i < mean.length; i++) mean[i]! += view[e]![i]! / views.length
    return mean
  })
}

/**
 * Rows apart into the vectors of each encoder.
 * @param rows [N, D]
 * @returns [encoders] of [N, D_e]
 */
export function splitParts(rows: Float32Array, encoder: PictureEncoder): Float32Array[] {
  let start = 0
  return membersOf(encoder).map(({ dimension }) => {
    const from = start
    start += dimension
    const count = rows.length / encoder.dimension
    const part = new Float32Array(count * dimension)
    for (let row = 0; row < count; row++) {
      const at = row * encoder.dimension + from
      part.set(rows.subarray(at, at + dimension), row * dimension)
    }
    return part
  })
}
