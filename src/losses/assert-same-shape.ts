import { shapeError } from '../core/index.ts'
import type { Value } from '../onnx/index.ts'
import { formatShape, sameShape } from '../tensor/index.ts'

/**
 * Makes sure that what a loss compares has one shape.
 * @throws Shape naming both
 */
export function assertSameShape(place: string, values: Readonly<Record<string, Value>>): void {
  const [first, ...others] = Object.entries(values)
  for (const [name, { shape }] of others)
    if (!sameShape(shape, first![1].shape))
      throw shapeError(
        `${place}: ${first![0]} ${formatShape(first![1].shape)} and ${name} ${formatShape(shape)} must have one shape; reshape one of them`,
      )
}
