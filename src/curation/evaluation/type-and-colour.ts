import type { FashionSet } from '../../data/index.ts'

/** Article type and base colour of the products that have both. */
export function typeAndColour({ products }: Pick<FashionSet, 'products'>): Map<string, string> {
  return new Map(
    products.flatMap(({ id, attributes: { articleType, baseColour } }) =>
      articleType === undefined || baseColour === undefined
        ? []
        : [[id, `${articleType}\n${baseColour}`] as const],
    ),
  )
}
