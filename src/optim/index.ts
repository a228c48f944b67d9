export { type AdamOptions, adam } from './adam.ts'
export { type AverageOptions, exponentialAverage, type ParameterAverage } from './average.ts'
export { clipByNorm, clipByValue } from './clip.ts'
export { type LarsOptions, lars } from './lars.ts'
export { type LionOptions, lion } from './lion.ts'
export { decays, type Optimizer, type ParameterStep } from './optimizer.ts'
export {
  constantRate,
  cosine,
  type Ends,
  exponential,
  linear,
  rateAt,
  type Schedule,
  stepDecay,
  warmUpCosine,
  withWarmUp,
} from './schedule.ts'
export { type SgdOptions, sgd } from './sgd.ts'
export { withAverages } from './with-averages.ts'
