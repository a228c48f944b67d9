export * from './attribute.ts'
export * from './operators/index.ts'
export { type Reachable, reachable } from './order.ts'
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
  type Parameter,
  parameter,
  type StateUpdate,
  scalar,
  type Value,
} from './value.ts'
export { opsetVersion, type WriteOptions, writeModel } from './write.ts'
