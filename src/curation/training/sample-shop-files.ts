import { join } from 'node:path'
import type { Progress } from '../../core/index.ts'
import { makeSampleShop, readCatalogue } from '../../data/index.ts'
import type { RetrievalFiles } from './load-retrieval-set.ts'
import { attributesOf } from './product-attributes.ts'
import type { LabelledFile } from './retrieval-set.ts'

/** Seeds of the shops that are learned from, and of the one that validates. The demo's is 1. */
const trainingSeeds = [101, 102, 103, 104]
const validationSeed = 201

/** Where sample shops are kept. */
export interface SampleShopFilesOptions {
  readonly folder: string
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/**
 * Makes sample shops by code and lists their pictures: catalogue views and wild photos of four
 * shops to learn from; the wild photos of a fifth are looked for among its catalogue views.
 */
export async function sampleShopFiles(options: SampleShopFilesOptions): Promise<RetrievalFiles> {
  const train: LabelledFile[] = []
  const attributes = new Map<string, Readonly<Record<string, string>>>()
  for (const seed of trainingSeeds) {
    const shop = await shopFiles(seed, { wild: 5, ...options })
    train.push(...shop.catalogue, ...shop.wild)
    for (const [product, said] of shop.attributes) attributes.set(product, said)
  }
  const { catalogue, wild } = await shopFiles(validationSeed, { wild: 2, ...options })
  return {
    name: 'sample shops made by code',
    train,
    validation: wild,
    gallery: catalogue,
    attributes,
  }
}

async function shopFiles(
  seed: number,
  { folder, wild, ...watched }: SampleShopFilesOptions & { readonly wild: number },
) {
  const shop = await makeSampleShop(join(folder, `shop-${seed}`), {
    seed,
    wild,
    video: false,
    ...watched,
  })
  const inShop = (id: string): string => `${seed}/${id}`
  const { products } = await readCatalogue(shop.cataloguePath)
  return {
    catalogue: products.flatMap(({ id, pictures }) =>
      pictures.map(({ path }) => ({ path, product: inShop(id) })),
    ),
    wild: shop.wild.map(({ path, productId }) => ({ path, product: inShop(productId) })),
    attributes: attributesOf(products, inShop),
  }
}
