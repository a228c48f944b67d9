export * from './attribute.ts'
export type { GraphNode, GraphValue, ModelGraph } from './model-graph.ts'
export * from './operators/index.ts'
export { type Reachable, reachable } from './order.ts'
export { readModel } from './read.ts'
export { type KnownShapes, type ModelValues, toValues } from './to-values.ts'
export {
  apply,
  type Computed,
  type Constant,
  compute,
  constant,
  elements,
  type GradientRule,
  type Input,
  input,
  integers,
  type Node,
  noGradient,
  operatorName,
  type Parameter,
  parameter,
  type StateUpdate,
  scalar,
  type Value,
} from './value.ts'
export { opsetVersion, type WriteOptions, writeModel } from './write.ts'
export { writeExposed } from './write-graph.ts'
