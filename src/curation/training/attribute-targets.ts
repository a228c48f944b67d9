import type { TextEncoder } from '../../encoders/index.ts'
import { type Tensor, tensor } from '../../tensor/index.ts'
import type { AttributeValues } from './product-attributes.ts'

/** Where attributes should point, by product. */
export interface AttributeTargets {
  /** What is learned of each attribute, K of them. */
  readonly learned: readonly {
    readonly name: string
    /** The share of products whose value is missing or of unknown words. */
    readonly missing: number
  }[]
  /** [P, K, D] */
  readonly target: Tensor
  /** [P, K] 1 where there is a target, 0 where it is missing. */
  readonly present: Tensor
}

/**
 * The text vectors of attributes, less the mean of the attribute's different values: what all of them
 * have in common tells no product from another. A value of which the encoder knows nothing is missing;
 * an attribute with fewer than two known values is left out.
 * @see Mu and Viswanath 2018, All-but-the-Top
 */
export async function attributeTargets(
  attributes: readonly AttributeValues[],
  text: TextEncoder,
): Promise<AttributeTargets> {
  const known = []
  for (const { name, values } of attributes) {
    const vectorOf = await centred(values, text)
    if (vectorOf.size > 1) known.push({ name, vectors: values.map((value) => vectorOf.get(value)) })
  }
  const [count, dimension] = [known.length, text.dimension]
  const products = attributes[0]?.values.length ?? 0
  const target = new Float32Array(products * count * dimension)
  const present = new Float32Array(products * count)
  known.forEach(({ vectors }, k) => {
    vectors.forEach((vector, p) => {
      if (vector === undefined) return
      present[p * count + k] = 1
      target.set(vector, (p * count + k) * dimension)
    })
  })
  return {
    learned: known.map(({ name, vectors }) => ({
      name,
      missing: vectors.filter((vector) => vector === undefined).length / products,
    })),
    target: tensor('float32', [products, count, dimension], target),
    present: tensor('float32', [products, count], present),
  }
}

async function centred(
  values: readonly string[],
  text: TextEncoder,
): Promise<Map<string, Float32Array>> {
  const different = [...new Set(values)].filter((value) => value !== '')
  const { dimension } = text
  const rows = await text.encode(different)
  const known = new Map(
    different
      .map((value, i) => [value, rows.subarray(i * dimension, (i + 1) * dimension)] as const)
      .filter(([, row]) => row.some((x) => x !== 0)),
  )
  const mean = new Float64Array(dimension)
  for (const row of known.values())
    row.forEach((x, i) => {
      mean[i]! += x / known.size
    })
  return new Map([...known].map(([value, row]) => [value, row.map((x, i) => x - mean[i]!)]))
}
