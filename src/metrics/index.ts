export {
  firstRightRank,
  firstRightRanks,
  innerProducts,
  type Label,
  type Retrieval,
  rankOfBest,
} from './first-right-rank.ts'
export {
  areaUnderRoc,
  type ErrorRates,
  equalErrorRate,
  errorRates,
  mostAccurateThreshold,
  type PairScores,
  pairAccuracy,
  type RocPoint,
  rocCurve,
  thresholdForFalseMatches,
} from './pair-scores.ts'
export { type PlattScaling, plattProbability, plattScaling } from './platt-scaling.ts'
export { meanReciprocalRank, precisionAtK } from './precision-at-k.ts'
export { type RetrievalTable, retrievalTable, tableOfRanks } from './retrieval-table.ts'
