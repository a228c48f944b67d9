import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { fileThumbnails, readCatalogue } from '../../data/index.ts'
import { loadPictureEncoder, type PictureEncoder } from '../../encoders/index.ts'
import { indexCatalogue } from '../catalogue/index-catalogue.ts'
import { openCatalogue, type SearchableCatalogue } from '../catalogue/search-catalogue.ts'
import { type Measured, measureQueries } from './measure.ts'
import { type LabelledPhoto, photoQueries } from './photos.ts'

let root: string
let encoder: PictureEncoder
let catalogue: SearchableCatalogue
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-measure-'))
  await writeUntrainedModel(join(root, 'model'))
  encoder = await loadPictureEncoder(join(root, 'model'), { threads: 1 })
  const shop = await readCatalogue(await writeSmallShop(root))
  await indexCatalogue({ catalogue: shop, encoder, folder: join(root, 'index') })
  catalogue = await openCatalogue(join(root, 'index'), { encoder, threads: 1 })
})
afterAll(async () => {
  await catalogue.close()
  await encoder.close()
  await rm(root, { recursive: true })
})

const photo = (colour: string, truth = colour): LabelledPhoto => ({
  path: join(root, 'shop', colour, '0.png'),
  product: truth,
})

async function measure(photos: readonly LabelledPhoto[], shown = 2): Promise<Measured> {
  const [measured] = await measureQueries({
    encoder,
    catalogues: [catalogue],
    queries: photoQueries(photos, { longestSide: 48 }),
    total: photos.length,
    task: 'Searching',
    shown,
    thumbnails: fileThumbnails(),
  })
  return measured!
}

test('precision counts the queries whose product is among the first k products', async () => {
  // The second and third photos are said to show what they do not: of five products, the true
  // one of a wrong label comes somewhere after the first.
  const photos = [photo('red'), photo('red', 'blue'), photo('green', 'black'), photo('yellow')]
  const { figures } = await measure(photos)
  expect(figures).toEqual({
    queryCount: 4,
    productCount: 5,
    pictureCount: 10,
    p1: 0.5,
    p5: 1,
    p10: 1,
    chance: { p1: 0.2, p5: 1, p10: 1 },
  })
  expect((await measure([photo('red', 'nowhere')])).figures).toMatchObject({ p1: 0, p10: 0 })
})

test('rows are spread evenly over more queries than a batch holds', async () => {
  const photos = Array.from({ length: 40 }, (_, i) => photo(i < 35 ? 'red' : 'blue'))
  const { figures, rows } = await measure(photos, 8)
  expect(figures).toMatchObject({ queryCount: 40, p1: 1 })
  expect(rows.map(({ rightTitle }) => rightTitle)).toEqual([...Array(7).fill('red'), 'blue'])
})

test('a query that cannot be read is an error that names it', async () => {
  await writeFile(join(root, 'bad.jpg'), 'words')
  const bad = { path: join(root, 'bad.jpg'), product: 'red' }
  await expect(measure([photo('red'), bad])).rejects.toThrow(/bad\.jpg: is text/)
})
