import { basename } from 'node:path'
import { decodeImage } from '../../data/index.ts'
import type { DemoQuery } from './measure.ts'

/** A photo file and the product it shows. */
export interface LabelledPhoto {
  readonly path: string
  readonly product: string
}

const atOnce = 16

/** Photos as queries, the next few being decoded while the ones before are searched with. */
export async function* photoQueries(
  photos: readonly LabelledPhoto[],
  { longestSide }: { readonly longestSide: number },
): AsyncGenerator<DemoQuery> {
  const decode = (start: number) => {
    const decoded = Promise.all(
      photos.slice(start, start + atOnce).map(async ({ path, product }) => ({
        picture: await decodeImage(path, { longestSide }),
        caption: basename(path),
        truth: product,
      })),
    )
    decoded.catch(() => {}) // its failure is thrown where it is awaited
    return decoded
  }
  let upcoming = decode(0)
  for (let start = 0; start < photos.length; start += atOnce) {
    const some = await upcoming
    upcoming = decode(start + atOnce)
    yield* some
  }
}
