import { add, type Computed, concat, floatOf, gemm, intOf, type Value } from '../onnx/index.ts'
import { joinStrips } from './join-strips.ts'

/** The sum of what a Value's uses contribute to its gradient. */
export const sumGradients = (contributions: readonly Value[]): Value =>
  joinProducts(joinStrips(contributions)).reduce((sum, one) => add(sum, one))

/**
 * A matrix that is used several times gets a product Aᵀ B from each use, often of few rows (one
 * step of a sequence). They become one product of all rows, Σ Aₜᵀ Bₜ = [A₁; A₂; ...]ᵀ [B₁; B₂; ...], where
 * copying the rows takes less than adding the products.
 */
function joinProducts(contributions: readonly Value[]): readonly Value[] {
  // in the order of their uses, as other gradients of the same steps are put together
  const products = contributions.filter(isProductOfFewRows).toReversed()
  if (products.length < 2) return contributions
  const others = contributions.filter((one) => !isProductOfFewRows(one))
  const [a, b] = [0, 1].map((i) =>
    concat(
      products.map(({ node }) => node.inputs[i]!),
      0,
    ),
  )
  return [...others, gemm(a!, b!, { transposeA: true })]
}

function isProductOfFewRows(value: Value): value is Computed {
  if (value.kind !== 'computed' || value.node.op !== 'Gemm') return false
  const { inputs, attributes } = value.node
  const [a, b] = inputs as [Value, Value]
  const [rows, m, n] = [a.shape[0]!, a.shape[1]!, b.shape[1]!]
  return (
    inputs.length === 2 &&
    intOf(attributes, 'transA', 0) === 1 &&
    intOf(attributes, 'transB', 0) === 0 &&
    floatOf(attributes, 'alpha', 1) === 1 &&
    rows * (m + n) < m * n
  )
}
