export { type IndexCatalogueOptions, type IndexReport, indexCatalogue } from './catalogue-index.ts'
export { queryDecodeSide } from './catalogue-index-encode.ts'
export { type ContactSheet, contactSheetHtml, type SheetSection } from './contact-sheet.ts'
export { type ShownSearch, sheetRow } from './contact-sheet-row.ts'
export { fileThumbnails, type Thumbnail } from './contact-sheet-thumbnail.ts'
export { type DemoOptions, type DemoReport, runDemo } from './demo.ts'
export type { DemoPart, DemoTrial } from './demo-part.ts'
export {
  findRetrievalFiles,
  groceryIconic,
  groceryPhotos,
  loadRetrievalSet,
  type RetrievalFiles,
} from './load-retrieval-set.ts'
export { curationRecipes } from './recipes/index.ts'
export {
  encodeLabelled,
  joinVectors,
  type LabelledVectors,
  precisionOf,
} from './retrieval-precision.ts'
export {
  decodeAll,
  type LabelledFile,
  type LabelledPictures,
  type RetrievalSet,
} from './retrieval-set.ts'
export { sampleShopFiles } from './sample-shop-files.ts'
export {
  type CatalogueHit,
  openCatalogue,
  type SearchableCatalogue,
  type SearchCatalogueOptions,
} from './search-catalogue.ts'
export { type Query, type QuerySource, type ReadQueryOptions, readQuery } from './search-query.ts'
export { decodedSide, type TripletTraining, trainTriplet } from './train-triplet.ts'
export { tripletGraph } from './triplet-graph.ts'
export type { TripletRecipe } from './triplet-recipe.ts'
