export { firstRightRank, firstRightRanks, type Label, type Retrieval } from './first-right-rank.ts'
export { meanReciprocalRank, precisionAtK } from './precision-at-k.ts'
export { type RetrievalTable, retrievalTable } from './retrieval-table.ts'
