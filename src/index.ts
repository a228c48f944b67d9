// The public face of Vitrine: what reads pictures and searches is flat, what builds, trains and
// measures networks keeps the name of its folder (`nn.Linear`, `losses.tripletMarginLoss`).
export * as curation from './curation/index.ts'
export * from './data/index.ts'
export * from './encoders/index.ts'
export * from './engine.ts'
export * as metrics from './metrics/index.ts'
export * from './search/index.ts'
export * as verification from './verification/index.ts'
