import { resolve } from 'node:path'
import { conflict, invalidInput, type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { Catalogue, Product, Skipped } from '../../data/index.ts'
import { membersOf, type PictureEncoder } from '../../encoders/index.ts'
import {
  buildIndex,
  type EncoderWeights,
  type Entry,
  ensembleWeights,
  type IndexedEncoder,
  type IndexedPicture,
  type Precision,
  type SearchMethod,
  updateIndex,
} from '../../search/index.ts'
import { type IndexChangePlan, planEverything, planUpdate } from './changes.ts'
import { readCurrentIndex } from './current.ts'
import { encodeFiles } from './encode.ts'
import { productsKey, removeOtherProducts, writeProducts } from './products.ts'
import { skipList } from './skipped.ts'

/** What {@link indexCatalogue} takes. */
export interface IndexCatalogueOptions {
  readonly catalogue: Catalogue
  /** One encoder, or several joined: every picture then gets the vectors of all. */
  readonly encoder: PictureEncoder
  /** How much each encoder counts in searches that say nothing else; default: all the same. */
  readonly weights?: EncoderWeights
  /** How rows are kept; default f32, of an update what the index has. */
  readonly precision?: Precision
  /** How they are searched; default exact, of an update what the index has. */
  readonly method?: SearchMethod
  /** Where the index goes. */
  readonly folder: string
  /** Encode only what is new or changed since the index was made; default: everything. */
  readonly update?: boolean
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** What {@link indexCatalogue} did. */
export interface IndexReport {
  readonly folder: string
  readonly generation: number
  /** Products with at least one picture in the index. */
  readonly products: number
  /** Pictures in the index. */
  readonly pictures: number
  /** Of these, the ones that were encoded now and the ones that were there before. */
  readonly encoded: number
  readonly kept: number
  /** Pictures of the old index that the new one no longer has; 0 unless it was an update. */
  readonly removed: number
  readonly seconds: number
  /** How many things were left out, by the catalogue's reader or here. */
  readonly skippedCount: number
  /** The first 1000 of them. */
  readonly skipped: readonly Skipped[]
}

/**
 * Encodes the pictures of a catalogue into an index with the products' titles beside the rows.
 *
 * Pictures are streamed, so memory does not grow with their number. One that cannot be read is
 * reported and left out; so is a product that has none left. When it is stopped or fails, the index
 * that was there stays as it was.
 *
 * An update tells a changed picture by its file's size and time. Of a product that lost or changed
 * a picture all pictures are encoded again.
 * @throws InvalidInput when no picture can be read, the encoder has no hash or the weights are
 *   not usable; Conflict when two
 *   products have one id, another process is writing the index, or an update is asked for with
 *   another encoder, precision or method than the index was made with; Unavailable when the library
 *   of a method is not here; Cancelled
 */
export async function indexCatalogue(options: IndexCatalogueOptions): Promise<IndexReport> {
  const { catalogue, encoder, weights, update = false, progress = silent, signal } = options
  const folder = resolve(options.folder)
  const startedAt = performance.now()
  throwIfAborted(signal, 'index')
  checkIds(catalogue.products)
  const encoders = membersOf(encoder).map(indexedEncoder)
  const { precision, method } = options
  const kept = {
    ...(precision === undefined ? {} : { precision }),
    ...(method === undefined ? {} : { method }),
  }
  const weighed = weights === undefined ? {} : { weights }
  ensembleWeights(encoders, weights) // says what is wrong with them before anything is encoded
  const current = await readCurrentIndex(folder, { damagedIsAbsent: !update })
  const updating = update && current !== undefined
  if (updating) {
    current.assertMadeBy(encoder)
    current.assertKeptAs(kept)
  }
  const plan = updating
    ? await planUpdate(catalogue.products, current, signal)
    : planEverything(catalogue.products)

  const skipped = skipList(catalogue.skipped)
  const added: Entry[] = []
  const stamps = new Map(plan.keptStamps)
  const products = new Map<string, Product>(catalogue.products.map((p) => [p.id, p]))
  let key = ''
  async function* pictures(): AsyncGenerator<IndexedPicture> {
    for await (const encoded of encodeFiles({
      files: plan.encode,
      encoder,
      onSkipped: skipped.add,
      progress,
      ...(signal === undefined ? {} : { signal }),
    })) {
      added.push({ product: encoded.product, picture: encoded.picture })
      stamps.set(encoded.picture, encoded.stamp)
      yield encoded
    }
    // Still under the index's write lock: what is written here is there before the new rows are.
    const entries = [...plan.kept, ...added]
    reportWithoutPictures(plan, entries, skipped.add)
    if (entries.length === 0) throw nothingIndexed(catalogue, plan, skipped.first())
    key = productsKey(entries)
    await writeProducts({ folder, key, entries, products, stamps: plan.keptStamps })
    await removeOtherProducts(folder, [key, current?.key ?? key])
  }
  const change = { ...weighed, ...(signal === undefined ? {} : { signal }) }
  const manifest = updating
    ? await updateIndex(folder, { remove: plan.remove, add: pictures(), ...change })
    : await buildIndex(folder, { encoders, pictures: pictures(), ...kept, ...change })

  // Stamps of what was encoded become true only now: a kill before this line costs a second encoding.
  const entries = [...plan.kept, ...added]
  await writeProducts({ folder, key, entries, products, stamps })
  const pairs = new Set(entries.map(nameOf))
  return {
    folder,
    generation: manifest.generation,
    products: new Set(entries.map(({ product }) => product)).size,
    pictures: manifest.count,
    encoded: added.length,
    kept: plan.kept.length,
    removed: updating ? current.entries.filter((entry) => !pairs.has(nameOf(entry))).length : 0,
    seconds: (performance.now() - startedAt) / 1000,
    skippedCount: skipped.count(),
    skipped: skipped.list(),
  }
}

/** How an index names an encoder. */
export function indexedEncoder({ name, dimension, hash }: PictureEncoder): IndexedEncoder {
  if (hash === '')
    throw invalidInput(
      `${name}: this encoder has no hash, so an index could not tell its vectors from another's; load it from a model folder`,
    )
  return { name, dimension, hash }
}

const nameOf = ({ product, picture }: Entry): string => `${product}\0${picture}`

function checkIds(products: readonly Product[]): void {
  const seen = new Set<string>()
  for (const { id } of products) {
    if (seen.has(id))
      throw conflict(`index: two products have the id ${JSON.stringify(id)}; name them apart`)
    seen.add(id)
  }
}

function reportWithoutPictures(
  plan: IndexChangePlan,
  entries: readonly Entry[],
  report: (skipped: Skipped) => void,
): void {
  const found = new Set(entries.map(({ product }) => product))
  const tried = new Map<string, number>()
  for (const { product } of plan.encode) tried.set(product, (tried.get(product) ?? 0) + 1)
  for (const [id, count] of tried) {
    if (found.has(id)) continue
    const which = count === 1 ? 'its one picture cannot' : `none of its ${count} pictures can`
    report({ place: `product ${JSON.stringify(id)}`, reason: `${which} be read; left out` })
  }
}

function nothingIndexed(
  catalogue: Catalogue,
  plan: IndexChangePlan,
  first: Skipped | undefined,
): Error {
  const why = first === undefined ? '' : ` (first: ${first.place}: ${first.reason})`
  return invalidInput(
    `${catalogue.name}: none of its ${plan.encode.length} pictures can be read${why}; nothing was indexed`,
  )
}
