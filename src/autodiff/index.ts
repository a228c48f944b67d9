export { batchGradients, type CentredBatch } from './batch-gradients.ts'
export { gradients } from './gradients.ts'
export { gradientRules } from './rules.ts'
