import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  curationRecipes,
  decodedSide,
  hashPictures,
  loadRetrievalSet,
  sampleShopFiles,
} from '../../src/curation/index.ts'
import { makeSampleShop, readCatalogue } from '../../src/data/index.ts'
import type { SectionContext } from './context.ts'
import { cells, measure, percent, ship } from './section.ts'
import { trainedRun } from './trained-run.ts'

/** The shop that the demo makes; nothing is learned from it or chosen on it. */
const demoSeed = 1

/** Trains and ships the demo's encoder, and reports it on the demo's own shop. */
export async function sampleShopSection(options: SectionContext): Promise<string> {
  const { runs, models, mobilenet, progress, signal } = options
  const recipe = curationRecipes['curation/sample-shop-triplet']
  const files = await sampleShopFiles({ folder: join(runs, 'sample-shops'), progress, signal })
  const set = await loadRetrievalSet(files, { longestSide: decodedSide(recipe), progress, signal })
  const data = { set: async () => set, name: files.name, hash: hashPictures(set.train) }
  const run = await trainedRun({ recipe, seed: 1, data }, options)
  const shipped = join(models, recipe.name)

  const shop = await makeSampleShop(join(runs, 'sample-shops', 'demo'), {
    seed: demoSeed,
    progress,
    signal,
  })
  const { products } = await readCatalogue(shop.cataloguePath)
  const test = {
    queries: shop.wild.map(({ path, productId }) => ({ path, product: productId })),
    galleries: {
      catalogue: products.flatMap(({ id, pictures }) =>
        pictures.map(({ path }) => ({ path, product: id })),
      ),
    },
  }
  const own = await measure(run?.model ?? shipped, test, options)
  const { p1: demoP1, p5: demoP5 } = own.catalogue
  if (run !== undefined) await ship(run.model, shipped, { demoP1, demoP5 })
  const how =
    run === undefined
      ? 'its training was not run anew and this is the shipped model'
      : `validation P@1 ${percent(run.validationP1)} at epoch ${run.bestEpoch}, ${Math.round(run.seconds / 60)} min, one seed`

  const measured = [{ name: 'triplet on other sample shops (shipped for the demo)', ...own }]
  const others = {
    'triplet on the Grocery Store (shipped)': join(models, 'grocery-triplet'),
    'frozen MobileNetV1 (ImageNet), 224 px': mobilenet,
  }
  for (const [name, path] of Object.entries(others))
    if ((await stat(path).catch(() => undefined)) !== undefined)
      measured.push({ name, ...(await measure(path, test, options)) })
  return `## The demo's shop

A shop of ${products.length} products made by code (seed ${demoSeed}): ${own.catalogue.queries} "wild" photos, whole and uncropped, look for their product among
${own.catalogue.gallery} catalogue pictures. The demo's encoder learned from ${set.train.pictures.length} pictures of four shops of other seeds, its epoch chosen on
a fifth (${how}). The drawings of all shops come from the same code, so this says how
well an encoder does on the kind of picture it was trained on, and the row of the grocery encoder what happens when it was not.

| encoder | P@1 | P@5 | P@10 |
|---|---|---|---|
${measured.map(({ name, catalogue }) => `| ${[name, ...cells(catalogue)].join(' | ')} |`).join('\n')}
`
}
