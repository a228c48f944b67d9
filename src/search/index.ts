export { equalSampling } from './baselines/equal-sampling.ts'
export { pooledVectors } from './baselines/pooled-vectors.ts'
export type { FusionOptions, RankedRow } from './baselines/ranked-row.ts'
export { reciprocalRankFusion } from './baselines/reciprocal-rank-fusion.ts'
export { scoreFusion } from './baselines/score-fusion.ts'
export { bestOfLists } from './best-of-lists.ts'
export {
  type BuildOptions,
  buildIndex,
  createIndex,
  type IndexedPicture,
  type PictureSource,
  type WriteOptions,
} from './build-index.ts'
export { type EncoderWeights, ensembleWeights } from './ensemble-weights.ts'
export type { Entry } from './entry.ts'
export {
  type IndexedEncoder,
  type IndexManifest,
  readManifest,
  type SearchMethod,
  searchMethods,
} from './manifest.ts'
export type { Hit } from './nearest.ts'
export {
  type OpenOptions,
  openIndex,
  type Queries,
  type SearchOptions,
  type VectorIndex,
} from './open-index.ts'
export type { QueryTerm, WeightedQuery } from './query-rows.ts'
export { type Precision, precisions } from './row-format.ts'
export { type IndexChange, updateIndex } from './update-index.ts'
export { verifyIndex } from './verify-index.ts'
