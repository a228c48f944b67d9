export * from './attribute.ts'
export { cutAt } from './cut.ts'
export { expandComposites } from './expand-composites.ts'
export { type ImportedGraph, type ImportOptions, importTfjs } from './import-tfjs/import-tfjs.ts'
export { type KnownValue, type KnownValues, measuring } from './measuring.ts'
export type { GraphNode, GraphValue, ModelGraph } from './model-graph.ts'
export * from './operators/index.ts'
export { type Reachable, reachable } from './order.ts'
export { readModel } from './read.ts'
export { substitute } from './substitute.ts'
export { type ModelValues, type ToValuesOptions, toValues } from './to-values.ts'
export {
  apply,
  type Computed,
  type Constant,
  compositeDomain,
  compute,
  constant,
  contentOf,
  type Expansion,
  elements,
  type GradientRule,
  type Input,
  input,
  integers,
  type Node,
  type NodeOptions,
  noGradient,
  operatorName,
  type Parameter,
  parameter,
  reapply,
  type StateUpdate,
  scalar,
  type Value,
} from './value.ts'
export { type FreeAxes, opsetVersion, type WriteOptions, writeModel } from './write.ts'
