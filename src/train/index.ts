export { buildStep, type StepGraph } from './build-step.ts'
export { checkpointPath, claimRunFolder } from './checkpoint.ts'
export type {
  CurveRow,
  ParameterGroup,
  Phase,
  StepPlan,
  TrainingEstimate,
  TrainingPlan,
  TrainingResult,
  TrainingSettings,
  Validation,
} from './plan.ts'
export { train } from './train.ts'
export { withEpochs } from './with-epochs.ts'
