import { unsupportedOp } from '../core/index.ts'
import {
  einsum,
  expand,
  type GradientRule,
  mul,
  readEinsum,
  reshape,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

/** A Value and the letters of its axes. */
interface Term {
  readonly letters: string
  readonly value: Value
}

/**
 * y = Σ a · b · ...: the gradient by an operand is the same sum of dy and the other operands, to the
 * letters of that operand. Letters that stand in no other were summed within it, so that its
 * gradient is the same along them.
 */
const einsumRule: GradientRule = (node, [dy]) => {
  const operands = node.inputs as readonly Value[]
  const equation = textOf(node.attributes, 'equation', '')
  const { terms, output } = readEinsum(
    equation,
    operands.map(({ shape }) => shape),
  )
  for (const term of terms)
    if (new Set(term).size !== term.length)
      throw unsupportedOp(
        `Einsum: "${equation}" takes a diagonal (a letter twice in one operand), which has no gradient rule; multiply by a mask and sum`,
      )
  const factors = terms.map((letters, i) => ({ letters, value: operands[i]! }))
  return operands.map((x, i) => {
    const others = [{ letters: output, value: dy! }, ...factors.toSpliced(i, 1)]
    const elsewhere = others.map(({ letters }) => letters).join('')
    const found = [...terms[i]!].filter((letter) => elsewhere.includes(letter)).join('')
    const gradient = contract(others, found)
    const sizes = sizesOf(found, gradient)
    const kept = reshape(
      gradient,
      Array.from(terms[i]!, (letter) => sizes.get(letter) ?? 1),
    )
    // an axis of size 1 was broadcast to what the others have
    const broadcast = x.shape.map((size, axis) => Math.max(size, kept.shape[axis]!))
    return sumTo(expand(kept, broadcast), x.shape)
  })
}

/** Σ of the product of all terms over what the target lacks. */
function contract(terms: readonly Term[], target: string): Value {
  const arrays = terms.filter(({ letters }) => letters !== '')
  const scalars = terms.filter(({ letters }) => letters === '').map(({ value }) => value)
  const [first, ...more] = arrays
  if (first === undefined) return scalars.reduce((product, one) => mul(product, one))
  const sum =
    more.length === 0 && first.letters === target
      ? first.value
      : einsum(
          `${arrays.map(({ letters }) => letters).join(',')}->${target}`,
          ...arrays.map(({ value }) => value),
        )
  return scalars.reduce((product, one) => mul(product, one), sum)
}

const sizesOf = (letters: string, { shape }: Value): ReadonlyMap<string, number> =>
  new Map(Array.from(letters, (letter, axis) => [letter, shape[axis]!]))

/** Rules of sums of products over named axes. */
export const einsumRules: Readonly<Record<string, GradientRule>> = {
  Einsum: einsumRule,
}
