import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { CompactConvNet } from './compact-conv-net.ts'
import { countParameters, parametersOf } from './layer.ts'
import { Linear } from './linear.ts'

const net = () => new CompactConvNet({ widths: [4, 6], blocks: [1], dimension: 5 }, rngFromSeed(1))

test('paths are those of the fields, in their order', () => {
  const block = ['conv1.weight', 'norm1', 'conv2.weight', 'norm2']
  const normal = ['scale', 'shift', 'mean', 'variance']
  const inside = block.flatMap((part) =>
    part.startsWith('norm') ? normal.map((name) => `${part}.${name}`) : [part],
  )
  expect([...parametersOf(net()).keys()]).toEqual([
    'stages.0.conv.weight',
    ...normal.map((name) => `stages.0.norm.${name}`),
    'stages.1.conv.weight',
    ...normal.map((name) => `stages.1.norm.${name}`),
    ...inside.map((name) => `stages.1.blocks.0.${name}`),
    'head.weight',
    'head.bias',
  ])
})

test('what stands in several places is one parameter, by the first of its paths', () => {
  const shared = new Linear({ inputs: 2, outputs: 3 }, rngFromSeed(1))
  const network = { one: shared, two: shared, tied: { weight: shared.weight } }
  expect([...parametersOf(network).keys()]).toEqual(['one.weight', 'one.bias'])
  expect(countParameters(network)).toBe(9)
})

test('networks of one seed start equal, every parameter an own array', () => {
  const [a, b] = [parametersOf(net()), parametersOf(net())]
  for (const [name, { data }] of a) {
    expect(b.get(name)!.data).toEqual(data)
    expect(b.get(name)!.data).not.toBe(data)
  }
  expect(new Set([...a.values()].map(({ data }) => data)).size).toBe(a.size)
})

test('statistics are the running means and variances, all else is learned', () => {
  for (const [name, { role }] of parametersOf(net()))
    expect(role, name).toBe(/\.(mean|variance)$/.test(name) ? 'statistic' : 'weight')
})
