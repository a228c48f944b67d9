export {
  type BinaryLogits,
  type BinaryProbabilities,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from './binary-cross-entropy.ts'
export { type CosinePairs, cosineLoss } from './cosine-loss.ts'
export { type CrossEntropyOptions, crossEntropy } from './cross-entropy.ts'
export { type DinoLoss, type DinoViews, dinoCentre, dinoLoss } from './dino-loss.ts'
export { meanSquaredError } from './mean-squared-error.ts'
export { multiSimilarityMiner, type PairWeights } from './miners/multi-similarity.ts'
export { euclideanDistance, type Pairs, pairsOf } from './pairs.ts'
export { type TripletOptions, tripletMarginLoss } from './triplet-margin.ts'
