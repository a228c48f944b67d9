import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { text } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { readEinsum } from './einsum-equation.ts'

/**
 * Einstein's summation: a letter names an axis, operands are multiplied where their letters agree, and
 * what the output does not have is summed. `einsum('bhqd,bhkd->bhqk', q, k)` is the product of all
 * queries with all keys. Axes of size 1 are broadcast.
 * @throws Shape when the equation does not fit the operands
 */
export function einsum(equation: string, ...operands: readonly Value[]): Value {
  const { terms, output } = readEinsum(
    equation,
    operands.map(({ shape }) => shape),
  )
  const sizes = new Map<string, number>()
  terms.forEach((term, i) => {
    for (const [axis, letter] of [...term].entries()) {
      const size = operands[i]!.shape[axis]!
      const known = sizes.get(letter) ?? 1
      if (size !== known && size !== 1 && known !== 1)
        throw shapeError(
          `Einsum: "${equation}" of ${operands.map(({ shape }) => formatShape(shape)).join(', ')}: axis ${axis} of operand ${i} has ${size} elements, another of the same letter ${known}`,
        )
      sizes.set(letter, size === 1 ? known : size)
    }
  })
  const shape = Array.from(output, (letter) => sizes.get(letter)!)
  return apply(
    'Einsum',
    operands,
    { dtype: operands[0]!.dtype, shape },
    { equation: text(equation) },
  )
}
