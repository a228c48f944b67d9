import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, reduceSum, slice, type Value } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { AttributeNet } from './attribute-net.ts'
import { CompactConvNet } from './compact-conv-net.ts'
import { parametersOf } from './layer.ts'

const backbone = new CompactConvNet({ widths: [4], blocks: [], dimension: 5 }, rngFromSeed(1))
const network = new AttributeNet(
  { backbone, dimension: 5, attributes: 3, hidden: [4], outputs: 2 },
  rngFromSeed(2),
)
const x = input('x', [2, 3, 8, 8])
const inference = { kind: 'inference' } as const
const at = { x: random('float32', [2, 3, 8, 8], rngFromSeed(3), [-1, 1]) }

test('every row is what one head makes of the backbone’s vector', async () => {
  const features = backbone.apply(x, inference)
  const heads: Record<string, Value> = Object.fromEntries(
    network.heads.map((head, k) => [`head${k}`, head.apply(features)]),
  )
  const outputs: Record<string, Value> = { all: network.apply(x, inference), ...heads }
  const found = await evaluate(outputs, at)
  expect(found.all!.shape).toEqual([2, 3, 2])
  for (const n of [0, 1])
    for (const k of [0, 1, 2])
      expectClose(
        Array.from(found.all!.data, Number).slice((n * 3 + k) * 2, (n * 3 + k + 1) * 2),
        Array.from(found[`head${k}`]!.data, Number).slice(n * 2, n * 2 + 2),
        1e-6,
      )
})

test('an attribute teaches the backbone and its own head, no other', async () => {
  const second = reduceSum(
    slice(network.apply(x, inference), [{ axis: 1, start: 1, end: 2 }]) as Value,
  )
  const parameters = parametersOf(network)
  const wanted = ['heads.0.layers.1.weight', 'heads.1.layers.1.weight', 'backbone.head.weight']
  const slopes = gradients(
    second,
    wanted.map((name) => parameters.get(name)!),
  )
  const found = await evaluate(
    Object.fromEntries(slopes.map((slope, i) => [wanted[i]!, slope])),
    at,
  )
  const moves = wanted.map((name) => Array.from(found[name]!.data, Number).some((g) => g !== 0))
  expect(moves).toEqual([false, true, true])
})

test('there is one attribute at least', () => {
  const none = { backbone, dimension: 5, attributes: 0, hidden: [], outputs: 2 }
  expect(() => new AttributeNet(none, rngFromSeed(1))).toThrow(/0 attributes, one is needed/)
})
