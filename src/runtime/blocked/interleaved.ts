import { concat, reshape, type Value } from '../../onnx/index.ts'
import { sizeOf } from '../../tensor/index.ts'

/** [N, C/B, U, V, B] by row and column phase → [N, C/B, U · rows, V · columns, B] */
export function interleaved(phases: readonly (readonly Value[])[]): Value {
  const [n, blocks, u, v, block] = phases[0]![0]!.shape as [number, number, number, number, number]
  const join = (parts: readonly Value[], length: number): Value => {
    if (parts.length === 1) return parts[0]!
    const lines = sizeOf(parts[0]!.shape) / length
    return concat(
      parts.map((part) => reshape(part, [lines, length])),
      1,
    )
  }
  const columns = phases[0]!.length
  const rows = phases.map((parts) => join(parts, block))
  const whole = join(rows, v * columns * block)
  return reshape(whole, [n, blocks, u * phases.length, v * columns, block])
}
