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
  bestThreshold,
  pairAccuracy,
  type ScoredPair,
} from './pair-scores.ts'
export { meanReciprocalRank, precisionAtK } from './precision-at-k.ts'
export { type RetrievalTable, retrievalTable, tableOfRanks } from './retrieval-table.ts'
