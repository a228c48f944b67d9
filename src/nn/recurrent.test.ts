import { expect, test } from 'vitest'
import {
  checkGolden,
  type GoldenNetwork,
  type GoldenPass,
  readGolden,
} from '../../tests/support/golden-network.ts'
import { stillRng } from '../../tests/support/still-rng.ts'
import { rngFromSeed } from '../core/index.ts'
import { concat, constant, reshape, type Value } from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { Gru } from './gru.ts'
import type { Mode } from './layer.ts'
import { countParameters } from './layer.ts'
import { Lstm } from './lstm.ts'

const { parameters, ...golden } = await readGolden<GoldenNetwork & Record<string, number>>(
  'recurrent',
)
const row = (outputs: Readonly<Record<string, Value>>): Value => {
  const flat = Object.values(outputs).map((value) => reshape(value, [-1]))
  return concat(flat, 0)
}
const lengths = (...steps: number[]): Value =>
  constant(tensor('int32', [steps.length], Int32Array.from(steps)))

const networks = { LSTM: Lstm, GRU: Gru }
const small = { inputs: 2, hidden: 3 }
const deep = { ...small, layers: 2, bidirectional: true }

function pass(name: string, kind: Mode['kind']): GoldenPass {
  const network = networks[name.slice(0, name.indexOf(',')) as keyof typeof networks]
  const layer = new network(name.includes('two layers') ? deep : small, rngFromSeed(1))
  const [both, packed] = [name.includes('both'), name.includes('packed')]
  const short = packed ? { lengths: both ? lengths(3, 1, 4) : lengths(2, 4, 1) } : {}
  return {
    layer,
    kind,
    apply: ({ x, ...states }, mode) => row(layer.run(x!, mode, { ...states, ...short })),
  }
}

test.each(Object.keys(golden))('%s: outputs and gradients are those of PyTorch', async (name) => {
  await checkGolden(golden[name]!, pass(name, 'training'))
  await checkGolden(golden[name]!, pass(name, 'inference'))
})

test.each(Object.entries(networks))('%s has as many parameters as in PyTorch', (name, network) => {
  const sizes = { inputs: 20, hidden: 30, layers: 3, bidirectional: true }
  expect(countParameters(new network(sizes, stillRng))).toBe(parameters![name])
})
