export { fileDecoding, queryDecodeSide } from './catalogue/encode.ts'
export { type Condition, parseCondition } from './catalogue/filter.ts'
export {
  type IndexCatalogueOptions,
  type IndexReport,
  indexCatalogue,
} from './catalogue/index-catalogue.ts'
export {
  type CatalogueHit,
  type FindOptions,
  openCatalogue,
  type SearchableCatalogue,
  type SearchCatalogueOptions,
} from './catalogue/search-catalogue.ts'
export {
  type Query,
  type QuerySource,
  type ReadQueryOptions,
  readQuery,
} from './catalogue/search-query.ts'
export { encodeTexts } from './catalogue/text-query.ts'
export {
  type ContactSheet,
  contactSheetHtml,
  type SheetSection,
} from './contact-sheet/contact-sheet.ts'
export { type ShownSearch, sheetRow } from './contact-sheet/row.ts'
export type { DemoPart, DemoTrial } from './demo/part.ts'
export { type DemoOptions, type DemoReport, runDemo } from './demo/run-demo.ts'
export type { CatalogueQuery } from './ensemble/compose-query.ts'
export { type EnsembleRetrieval, ensembleRanks, type Weighting } from './ensemble/ensemble-ranks.ts'
export { type EncodeViewsOptions, encodeViews, meanOfViews } from './ensemble/ensemble-vectors.ts'
export { type MeasuredBaseline, measureBaselines } from './ensemble/measure-baselines.ts'
export { type MeasuredWay, measureEnsemble } from './ensemble/measure-ensemble.ts'
export { type Viewing, viewings } from './ensemble/query-views.ts'
export { type Rescues, rescues } from './ensemble/rescues.ts'
export {
  byPrecision,
  searchWeights,
  type WeightSearch,
  type WeightTrial,
} from './ensemble/search-weights.ts'
export { type HeatMapInput, weightsHeatMap } from './ensemble/weights-heat-map.ts'
export { evaluateFashion, type FashionReport } from './evaluation/evaluate-fashion.ts'
export { curationRecipes, type RecipeFile } from './recipes/index.ts'
export type { AttributeRecipe } from './training/attribute-recipe.ts'
export { fitEpochs } from './training/fit-epochs.ts'
export {
  findRetrievalFiles,
  groceryIconic,
  groceryPhotos,
  loadRetrievalSet,
} from './training/load-retrieval-set.ts'
export type { CurationRecipe } from './training/open-retriever.ts'
export type { AttributeSource, ProductAttributes } from './training/product-attributes.ts'
export { recipeSchema } from './training/recipe-schema.ts'
export {
  encodeLabelled,
  type LabelledVectors,
  precisionOf,
} from './training/retrieval-precision.ts'
export {
  decodeAll,
  hashPictures,
  type LabelledFile,
  type LabelledPictures,
  type RetrievalFiles,
  type RetrievalSet,
} from './training/retrieval-set.ts'
export { sampleShopFiles } from './training/sample-shop-files.ts'
export {
  decodedSide,
  type RetrieverTraining,
  trainRetriever,
} from './training/train-retriever.ts'
export { tripletGraph } from './training/triplet-graph.ts'
export type { TripletRecipe } from './training/triplet-recipe.ts'
