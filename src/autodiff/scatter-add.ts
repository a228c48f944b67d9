import { apply, constant, expand, int, text, type Value } from '../onnx/index.ts'
import { allocate, type Shape } from '../tensor/index.ts'

/** Zeros of a shape to which updates are added at places along the last axis. */
export function scatterAdd(shape: Shape, indices: Value, updates: Value): Value {
  const { dtype } = updates
  const zeros = expand(constant({ dtype, shape: [], data: allocate(dtype, 1) }), shape)
  const attributes = { axis: int(-1), reduction: text('add') }
  return apply('ScatterElements', [zeros, indices, updates], { dtype, shape }, attributes)
}
