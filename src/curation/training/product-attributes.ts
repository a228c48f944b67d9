import type { Product } from '../../data/index.ts'

/** What is said of products in words, `title` among it, by the name that pictures are labelled with. */
export type ProductAttributes = ReadonlyMap<string, Readonly<Record<string, string>>>

/** An attribute to learn. */
export interface AttributeSource {
  readonly name: string
  /** What of a product makes its value, joined: `title` or attributes of its catalogue. */
  readonly from: readonly string[]
  /** Where given, only these words of it count. */
  readonly words?: readonly string[]
}

/** An attribute with its value of each product, '' where that is missing. */
export interface AttributeValues {
  readonly name: string
  readonly values: readonly string[]
}

/** Title and attributes of products, labelled by their ids. */
export function attributesOf(
  products: readonly Product[],
  label = (id: string): string => id,
): ProductAttributes {
  return new Map(products.map(({ id, title, attributes }) => [label(id), { title, ...attributes }]))
}

/**
 * The values of attributes, product by product. Attributes of which no two products differ are left
 * out: they teach nothing.
 * @param sources default: the title, and each attribute that a product has
 */
export function attributeValues(
  known: ProductAttributes,
  products: readonly string[],
  sources: readonly AttributeSource[] = everyAttribute(known),
): AttributeValues[] {
  return sources
    .map((source) => ({
      name: source.name,
      values: products.map((product) => valueIn(known.get(product) ?? {}, source)),
    }))
    .filter(({ values }) => new Set(values.filter((value) => value !== '')).size > 1)
}

function everyAttribute(known: ProductAttributes): AttributeSource[] {
  const names = new Set([...known.values()].flatMap((attributes) => Object.keys(attributes)))
  return [...names].map((name) => ({ name, from: [name] }))
}

function valueIn(
  attributes: Readonly<Record<string, string>>,
  { from, words }: AttributeSource,
): string {
  const text = from
    .map((name) => attributes[name] ?? '')
    .join(' ')
    .trim()
  if (words === undefined) return text
  const said = new Set<string>(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))
  return words.filter((word) => said.has(word)).join(' ')
}
