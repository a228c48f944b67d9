import { AppError, invalidInput, type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { Catalogue, Skipped } from '../catalogue.ts'
import { pictureFileLimitBytes } from '../decode-image.ts'
import type { Product, ProductPicture } from '../product.ts'
import { openPictureStore, type PictureStore } from './picture-store.ts'
import { openWebClient, type WebClientOptions } from './web-client.ts'

/** Where pictures that a catalogue names by web address are kept, and how they are fetched. */
export interface WebPictures extends Pick<Partial<WebClientOptions>, 'retryDelayMs'> {
  /** They are kept here; a second reading fetches only what has changed. */
  readonly folder: string
  /** Fetch from hosts of private networks too; default: from the public internet alone. */
  readonly allowPrivateHosts?: boolean
  readonly progress?: Progress
}

const atOnce = 16

/**
 * Fetches the pictures that a catalogue names by web address, and gives the catalogue with the
 * files they now lie in. A picture that cannot be had is reported and left out, a product that has
 * none left too; where a server cannot be reached, the picture fetched before is used and that is
 * reported.
 * @throws InvalidInput when no product is left; Cancelled
 */
export async function fetchPictures(
  catalogue: Catalogue,
  { folder, allowPrivateHosts = false, progress = silent, ...options }: WebPictures,
  signal?: AbortSignal,
): Promise<Catalogue> {
  const addresses = [...new Set(catalogue.products.flatMap(addressesOf))]
  if (addresses.length === 0) return catalogue
  const client = openWebClient({
    limitBytes: pictureFileLimitBytes,
    ...(allowPrivateHosts ? { allowAddress: () => true } : {}),
    ...options,
  })
  try {
    const store = await openPictureStore(folder, client)
    const faults = await refreshAll({ store, addresses, progress, signal })
    return withFiles(catalogue, store, faults)
  } finally {
    await client.close()
  }
}

interface RefreshOptions {
  readonly store: PictureStore
  readonly addresses: readonly string[]
  readonly progress: Progress
  readonly signal: AbortSignal | undefined
}

interface Fault {
  readonly reason: string
  /** An older copy is there and will do. */
  readonly hasCopy: boolean
}

async function refreshAll({ store, addresses, progress, signal }: RefreshOptions) {
  const faults = new Map<string, Fault>()
  const task = 'Fetching pictures'
  const stopped = new AbortController() // one failure that is nobody's picture's stops the others
  const stop = signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal])
  const left = addresses.values()
  let done = 0
  async function work(): Promise<void> {
    for (const address of left) {
      throwIfAborted(stop, 'index')
      try {
        const old = await store.refresh(address, stop)
        if (old !== undefined)
          faults.set(address, { reason: `${old}; the copy fetched before is used`, hasCopy: true })
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'Cancelled') throw error
        faults.set(address, { reason: error.message, hasCopy: false })
      }
      progress({ task, done: ++done, total: addresses.length, unit: 'pictures' })
    }
  }
  const workers = Array.from({ length: atOnce }, () =>
    work().catch((error: unknown) => {
      stopped.abort()
      throw error
    }),
  )
  const outcomes = await Promise.allSettled(workers)
  throwIfAborted(signal, 'index')
  for (const outcome of outcomes)
    if (outcome.status === 'rejected' && (outcome.reason as AppError).code !== 'Cancelled')
      throw outcome.reason
  return faults
}

function withFiles(
  catalogue: Catalogue,
  store: PictureStore,
  faults: ReadonlyMap<string, Fault>,
): Catalogue {
  const skipped: Skipped[] = [...catalogue.skipped]
  for (const address of new Set(catalogue.products.flatMap(addressesOf))) {
    const fault = faults.get(address)
    if (fault !== undefined) skipped.push({ place: address, reason: fault.reason })
  }
  const products = catalogue.products.flatMap((product): Product[] => {
    const pictures = product.pictures.flatMap((picture): ProductPicture[] => {
      if (picture.uri === undefined) return [picture]
      if (faults.get(picture.uri)?.hasCopy === false) return []
      return [{ ...picture, path: store.pathOf(picture.uri) }]
    })
    if (pictures.length > 0) return [{ ...product, pictures }]
    const reason = 'none of its pictures can be fetched; left out'
    skipped.push({ place: `product ${JSON.stringify(product.id)}`, reason })
    return []
  })
  if (products.length === 0) {
    const [first] = faults
    throw invalidInput(
      `${catalogue.name}: none of its ${faults.size} pictures can be fetched (first: ${first?.[0]}: ${first?.[1].reason})`,
    )
  }
  return { ...catalogue, products, skipped }
}

function addressesOf({ pictures }: Product): string[] {
  return pictures.flatMap(({ uri }) => uri ?? [])
}
