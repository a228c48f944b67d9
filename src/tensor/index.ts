export { formatShape, type Shape, sameShape, sizeOf } from './shape.ts'
export { type ArrayOf, allocate, type DType, type Tensor, tensor, zeros } from './tensor.ts'
