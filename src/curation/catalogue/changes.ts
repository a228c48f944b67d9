import { throwIfAborted } from '../../core/index.ts'
import type { Product } from '../../data/index.ts'
import type { Entry } from '../../search/index.ts'
import type { CurrentIndex } from './current.ts'
import { fileStamp, type ProductFile } from './encode.ts'

/** What is to be done to an index so that it holds a catalogue. */
export interface IndexChangePlan {
  /** Rows that stay, in their order. */
  readonly kept: readonly Entry[]
  /** What the files of the rows that stay looked like when they were encoded, by path. */
  readonly keptStamps: ReadonlyMap<string, string>
  /** Ids of products whose rows all go. */
  readonly remove: readonly string[]
  /** Pictures that come behind the rows that stay. */
  readonly encode: readonly ProductFile[]
}

/** Everything anew. */
export function planEverything(products: readonly Product[]): IndexChangePlan {
  return { kept: [], keptStamps: new Map(), remove: [], encode: products.flatMap(filesOf) }
}

/**
 * What is new is added; a product that is gone, or that lost or changed one of its pictures, is
 * removed, in the latter case to be encoded whole again.
 */
export async function planUpdate(
  products: readonly Product[],
  current: CurrentIndex,
  signal?: AbortSignal,
): Promise<IndexChangePlan> {
  const indexed = new Map<string, string[]>()
  for (const { product, picture } of current.entries) {
    const pictures = indexed.get(product)
    if (pictures === undefined) indexed.set(product, [picture])
    else pictures.push(picture)
  }
  const wanted = new Map(products.map((product) => [product.id, filesOf(product)]))
  const remove: string[] = []
  const keptStamps = new Map<string, string>()
  for (const [product, pictures] of indexed) {
    throwIfAborted(signal, 'index')
    const files = new Set(wanted.get(product)?.map(({ path }) => path))
    const stamps = await Promise.all(pictures.map((path) => fileStamp(path).catch(() => '')))
    const stored = current.products.get(product)?.stamps
    const same = pictures.every(
      (path, i) => files.has(path) && stamps[i] !== '' && stamps[i] === stored?.get(path),
    )
    if (!same) remove.push(product)
    else for (const [i, path] of pictures.entries()) keptStamps.set(path, stamps[i]!)
  }
  const removed = new Set(remove)
  const kept = current.entries.filter(({ product }) => !removed.has(product))
  const encode = products.flatMap(({ id }) => {
    const there = removed.has(id) ? [] : indexed.get(id)
    const known = new Set(there)
    return wanted.get(id)!.filter(({ path }) => !known.has(path))
  })
  return { kept, keptStamps, remove, encode }
}

/** The pictures of a product, each once. */
function filesOf({ id, pictures }: Product): ProductFile[] {
  return [...new Set(pictures.map(({ path }) => path))].map((path) => ({ product: id, path }))
}
