export { type AdamOptions, adam } from './adam.ts'
export type { Optimizer, ParameterStep } from './optimizer.ts'
export { constantRate, type Schedule, warmUpCosine } from './schedule.ts'
export { type SgdOptions, sgd } from './sgd.ts'
