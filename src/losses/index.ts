export { multiSimilarityMiner, type PairWeights } from './miners/multi-similarity.ts'
export { euclideanDistance, type Pairs, pairsOf } from './pairs.ts'
export { type TripletOptions, tripletMarginLoss } from './triplet-margin.ts'
