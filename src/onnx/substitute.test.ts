import { expect, test } from 'vitest'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { add, exp, maximum, mul, sub } from './operators/index.ts'
import { reachable } from './order.ts'
import { substitute } from './substitute.ts'
import { compute, input, noGradient, parameter, type Value } from './value.ts'

const row = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values))

test('a parameter that becomes an input is read wherever it was, the rest stays', async () => {
  const [w, fixed] = [parameter(row(1, 2)), parameter(row(10, 20))]
  const x = input('x', [2])
  const shared = exp(x)
  const y = add(mul(w, shared), maximum(fixed, w))
  const z = input('w', [2])
  const [y2, w2, shared2] = substitute([y, w, shared], new Map<Value, Value>([[w, z]]))
  expect(w2).toBe(z)
  expect(shared2).toBe(shared)
  expect(reachable([y2!]).leaves).not.toContain(w)
  expect(reachable([y]).leaves).toContain(w)
  const feeds = { x: row(0, 0), w: row(5, 30) }
  const found = await evaluate({ y, y2: y2! }, feeds)
  expect([...found.y.data]).toEqual([11, 22])
  expect([...found.y2.data]).toEqual([15, 60])
})

test('something computed can be replaced too; whoever reads it reads the other', async () => {
  const x = input('x', [1])
  const inner = mul(x, 2)
  const y = sub(add(inner, 1), inner)
  const [y2] = substitute([y], new Map<Value, Value>([[inner, x]]))
  expect(reachable([y2!]).nodes.map(({ op }) => op)).toEqual(['Add', 'Sub'])
  const feeds = { x: tensor('float32', [1], Float32Array.of(3)) }
  expect((await evaluate({ y2: y2! }, feeds)).y2.data[0]).toBe(1)
})

test('a node keeps its attributes, its left out inputs and its own gradient rule', () => {
  const [a, b] = [input('a', [1]), input('b', [1])]
  const node = { op: 'Clip', inputs: [a, null, a], outputs: [a], gradient: noGradient }
  const [y] = substitute(compute(node), new Map<Value, Value>([[a, b]]))
  expect(y).toMatchObject({ node: { op: 'Clip', inputs: [b, null, b], gradient: noGradient } })
})
