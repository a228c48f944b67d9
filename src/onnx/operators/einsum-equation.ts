import { shapeError } from '../../core/index.ts'
import { formatShape, type Shape } from '../../tensor/index.ts'

/** An equation with a letter for every axis: `...ij,jk` becomes the terms `Aij`, `jk` and output `Aik`. */
export interface EinsumEquation {
  readonly terms: readonly string[]
  readonly output: string
}

/**
 * Reads the equation of an Einsum on operands of these shapes: what the ellipsis stands for gets letters
 * of its own, and an output that is not written has the letters that occur once, in alphabetical order.
 * @throws Shape when terms and operands do not fit or the output has a letter that no operand has
 */
export function readEinsum(equation: string, shapes: readonly Shape[]): EinsumEquation {
  const [left = '', right, ...rest] = equation.replaceAll(' ', '').split('->')
  const written = left.split(',')
  const fail = (reason: string): Error =>
    shapeError(`Einsum: "${equation}" of ${shapes.map(formatShape).join(', ')}: ${reason}`)
  if (rest.length > 0 || ![...written, right ?? ''].every((term) => aTerm.test(term)))
    throw fail(
      'this is no equation; wanted letters, commas, one -> and ... once a term, as ij,jk->ik',
    )
  if (written.length !== shapes.length) throw fail(`there are ${written.length} terms`)
  const hidden = written.map((term, i) =>
    term.includes('...') ? shapes[i]!.length - (term.length - 3) : 0,
  )
  written.forEach((term, i) => {
    const rank = term.replace('...', '').length + hidden[i]!
    if (hidden[i]! < 0 || rank !== shapes[i]!.length)
      throw fail(`term ${term} does not have ${shapes[i]!.length} axes`)
  })
  const free = [...letters].filter((letter) => !equation.includes(letter))
  const ellipsis = free.slice(0, Math.max(0, ...hidden)).join('')
  const spelled = (term: string, count: number): string =>
    term.replace('...', ellipsis.slice(ellipsis.length - count))
  const terms = written.map((term, i) => spelled(term, hidden[i]!))
  const once = [...letters].filter((letter) => left.split(letter).length === 2).join('')
  const output = right === undefined ? ellipsis + once : spelled(right, ellipsis.length)
  if (
    new Set(output).size !== output.length ||
    [...output].some((x) => !terms.join('').includes(x))
  )
    throw fail('each letter of the output must be one of an operand, and stand there once')
  return { terms, output }
}

const aTerm = /^[a-zA-Z]*(\.{3})?[a-zA-Z]*$/

/** In the order of ONNX's implicit output. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
