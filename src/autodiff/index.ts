export { gradients } from './gradients.ts'
export { gradientRules } from './rules.ts'
