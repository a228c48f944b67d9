export { batchGradients, type CentredBatch } from './batch-gradients.ts'
export { gradients } from './gradients.ts'
export { gradientRules } from './rules.ts'
export { type Additions, additionsOf } from './scatter-rows.ts'
