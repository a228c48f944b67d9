import { closestName, invalidInput } from '../../core/index.ts'
import type { StoredProduct } from './products.ts'

/** A condition on an attribute of a product, as {@link parseCondition} reads it. */
export interface Condition {
  readonly attribute: string
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>='
  readonly value: string
}

/** What a condition looks at. */
type Described = Pick<StoredProduct, 'id' | 'attributes'>

/**
 * Reads `category=Juice`, `category!=Juice`, `price<5`, `price>=2.5`, or `in stock` for an attribute
 * that is yes, true or 1; `!in stock` for one that is not.
 * @throws InvalidInput when it is none of these
 */
export function parseCondition(text: string): Condition {
  const found = /^\s*([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/s.exec(text)
  if (found === null) {
    const [, not, attribute] = /^\s*(!?)\s*([^=!<>]*?)\s*$/s.exec(text) ?? []
    if (attribute === undefined || attribute === '') throw unreadable(text)
    return { attribute, operator: not === '!' ? '!=' : '=', value: 'yes' }
  }
  const [, attribute = '', operator = '', value = ''] = found
  if (/^[<>]/.test(operator) && numberOf(value) === undefined)
    throw invalidInput(`filter: "${text}" compares with "${value}", wanted a number: price<5`)
  return { attribute, operator: operator as Condition['operator'], value }
}

/**
 * The ids of the products that meet all conditions.
 *
 * Texts are the same whatever their case, numbers whatever their form, yes is true is 1 and no is false is 0. What is
 * no number is neither smaller nor larger than one. A product without the attribute meets `!=` only.
 * @throws InvalidInput when no product has the attribute, saying which one it may be
 */
export function productsThatMeet(
  products: Iterable<Described>,
  conditions: readonly Condition[],
): ReadonlySet<string> {
  const all = [...products]
  for (const { attribute } of conditions) assertKnown(attribute, all)
  const tests = conditions.map(({ attribute, operator, value }) => {
    const test = testOf(operator, value)
    return ({ attributes }: Described) => {
      const own = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
      return own === undefined ? operator === '!=' : test(own)
    }
  })
  return new Set(all.filter((one) => tests.every((test) => test(one))).map(({ id }) => id))
}

function testOf(operator: Condition['operator'], value: string): (own: string) => boolean {
  const bound = numberOf(value)
  const ordered = (holds: (own: number, bound: number) => boolean) => (own: string) => {
    const number = numberOf(own)
    return number !== undefined && holds(number, bound!)
  }
  const wanted = canonical(value)
  switch (operator) {
    case '=':
      return (own) => canonical(own) === wanted
    case '!=':
      return (own) => canonical(own) !== wanted
    case '<':
      return ordered((a, b) => a < b)
    case '<=':
      return ordered((a, b) => a <= b)
    case '>':
      return ordered((a, b) => a > b)
    case '>=':
      return ordered((a, b) => a >= b)
  }
}

/** What texts that mean the same have in common. */
function canonical(text: string): string {
  const lower = text.trim().toLowerCase()
  if (lower === 'yes' || lower === 'true') return '1'
  if (lower === 'no' || lower === 'false') return '0'
  return String(numberOf(lower) ?? lower)
}

function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined
}

function assertKnown(attribute: string, products: readonly Described[]): void {
  const names = new Set<string>()
  for (const { attributes } of products) for (const name of Object.keys(attributes)) names.add(name)
  if (names.has(attribute)) return
  const near = closestName(attribute, [...names])
  const there = names.size === 0 ? 'the index has none' : `there are ${[...names].join(', ')}`
  const hint = near === undefined ? there : `did you mean "${near}"?`
  throw invalidInput(`filter: no product has the attribute "${attribute}"; ${hint}`)
}

function unreadable(text: string): Error {
  return invalidInput(
    `filter: "${text}" is no condition; wanted attribute=value, !=, <, <=, > or >=: category=Juice`,
  )
}
