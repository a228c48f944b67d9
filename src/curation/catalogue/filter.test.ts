import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCondition, productsThatMeet } from './filter.ts'

const products = [
  { id: 'a', attributes: { category: 'Juice', price: '4.50', 'in stock': 'yes' } },
  { id: 'b', attributes: { category: 'juice ', price: '12', 'in stock': 'no' } },
  { id: 'c', attributes: { category: 'Milk', price: 'on request', 'in stock': 'TRUE' } },
  { id: 'd', attributes: { category: 'Milk', 'price per litre': '1e0' } },
]
const meet = (...conditions: string[]) => [
  ...productsThatMeet(products, conditions.map(parseCondition)),
]

test.each([
  [['category=Juice'], ['a', 'b']],
  [[' category != JUICE '], ['c', 'd']],
  [['price<5'], ['a']],
  [['price<=4.5'], ['a']],
  [['price>4.5'], ['b']],
  [['price>=4.5'], ['a', 'b']],
  [['price=4.5'], ['a']],
  [['price!=4.5'], ['b', 'c', 'd']],
  [['price=on request'], ['c']],
  [['price per litre=1'], ['d']],
  [['in stock'], ['a', 'c']],
  [['!in stock'], ['b', 'd']],
  [['in stock=false'], ['b']],
  [['category=Juice', 'in stock', 'price<100'], ['a']],
  [['category=Juice', 'category=Milk'], []],
  [['category='], []],
])('%j leaves %j', (conditions, ids) => {
  expect(meet(...conditions)).toEqual(ids)
})

test.each([
  ['price<cheap', /"price<cheap" compares with "cheap", wanted a number/],
  ['=Juice', /"=Juice" is no condition; wanted attribute=value/],
  ['', /is no condition/],
  ['prise<5', /no product has the attribute "prise"; did you mean "price"\?/],
  ['constructor', /no product has the attribute "constructor"; there are category, price/],
])('%j is refused', (condition, message) => {
  expect(() => meet(condition)).toThrow(message)
})

test('law: every product meets a condition or its opposite, unless it has no number', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom(['<', '>='], ['<=', '>'], ['=', '!='] as const),
      (prices, bound, [one, other]) => {
        const all = prices.map((price, i) => ({ id: `${i}`, attributes: { price: `${price}` } }))
        const chosen = (operator: string) =>
          productsThatMeet(all, [parseCondition(`price${operator}${bound}`)])
        const [left, right] = [chosen(one!), chosen(other!)]
        expect(left.size + right.size).toBe(all.length)
        expect([...left].filter((id) => right.has(id))).toEqual([])
      },
    ),
  ))
