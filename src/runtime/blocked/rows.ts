import { apply, constant, int, type Value } from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'

/** Rows in another order, which all cores copy (a Transpose runs on one). [R, D] → [index, D] */
export function rowsOf(rows: Value, index: readonly number[]): Value {
  return apply(
    'Gather',
    [rows, constant(tensor('int32', [index.length], Int32Array.from(index)))],
    { dtype: 'float32', shape: [index.length, rows.shape[1]!] },
    { axis: int(0) },
  )
}
