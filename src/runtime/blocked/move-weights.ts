import type { Shape } from '../../tensor/index.ts'

interface Weights {
  readonly shape: Shape
  readonly data: unknown
}

/**
 * Copies float32 weights from one layout to the other.
 *
 * @param order which one `to` has: `blocked`, [O/B, C/B, kH, kW, B of C, B of O], or `plain`,
 *   [O, C, kH, kW]; `from` has the other
 */
export function moveWeights(from: Weights, to: Weights, order: 'blocked' | 'plain'): void {
  const [o, c, h, w] = (order === 'plain' ? to : from).shape as [number, number, number, number]
  const block = (order === 'plain' ? from : to).shape.at(-1)!
  const [source, target] = [from.data as Float32Array, to.data as Float32Array]
  const taps = h * w
  let at = 0
  for (let outputs = 0; outputs < o; outputs += block)
    for (let inputs = 0; inputs < c; inputs += block)
      for (let tap = 0; tap < taps; tap++)
        for (let i = inputs; i < inputs + block; i++)
          for (let j = outputs; j < outputs + block; j++) {
            const plain = (j * c + i) * taps + tap
            if (order === 'plain') target[plain] = source[at++]!
            else target[at++] = source[plain]!
          }
}
