import { describe, expect, test } from 'vitest'
import { rngFromSeed } from '../src/core/index.ts'
import { importNetwork, Linear, type Trainable } from '../src/nn/index.ts'
import {
  flatten,
  type Parameter,
  readModel,
  slice,
  type Value,
  writeModel,
} from '../src/onnx/index.ts'
import { evaluate, type NamedTensors, openSession } from '../src/runtime/index.ts'
import { type Tensor, tensor } from '../src/tensor/index.ts'
import { checkSlope } from './support/check-slope.ts'
import { expectClose } from './support/expect-close.ts'
import { textTransformer } from './support/exporter/text.ts'
import { clipVision, dinoVision } from './support/exporter/vision.ts'
import { fineTune, labelsOf } from './support/fine-tune.ts'
import { random } from './support/random-tensor.ts'

// Networks with the layout of those that people have, and random weights.
const small = { width: 32, layers: 2, heads: 4 }
const rng = rngFromSeed(5)
const pictures = (height: number, width: number, n = 4) => ({
  pixel_values: random('float32', [n, 3, height, width], rng),
})
const words = (length: number, n = 4): NamedTensors => ({
  input_ids: integers([n, length], () => rng.integer(20)),
  attention_mask: integers([n, length], (i) => Number(i % length < 3 || rng.next() < 0.7)),
})
function integers(shape: readonly [number, number], at: (i: number) => number): Tensor {
  const data = Array.from({ length: shape[0] * shape[1] }, (_, i) => BigInt(at(i)))
  return tensor('int64', shape, BigInt64Array.from(data))
}

const text = { ...small, words: 20, longest: 16 }
const networks = [11, 14].flatMap((opset) => [
  {
    name: `the picture tower of CLIP, operator set ${opset}`,
    model: clipVision({ ...small, picture: 32, patch: 8, project: 24 }, { rng, opset }),
    output: 'image_embeds',
    feeds: pictures(32, 32),
    others: pictures(32, 32, 3),
    frozen: /embeddings|layers\.0\./,
    checked: [
      'vision_model.embeddings.class_embedding',
      'vision_model.embeddings.position_embedding.weight',
      'vision_model.encoder.layers.0.layer_norm1.weight',
      'onnx::MatMul_vision_model.encoder.layers.1.self_attn.k_proj',
      'onnx::MatMul_vision_model.encoder.layers.0.mlp.fc1',
    ],
  },
  {
    name: `DINOv2, operator set ${opset}`,
    model: dinoVision({ ...small, picture: 32, patch: 8 }, { rng, opset }),
    output: 'last_hidden_state',
    pool: (x: Value) => flatten(slice(x, [{ axis: 1, start: 0, end: 1 }])),
    feeds: pictures(24, 40),
    others: pictures(40, 32, 2),
    frozen: /embeddings|layer\.0\./,
    checked: [
      'embeddings.class_embedding',
      'embeddings.position_embeddings',
      'encoder.layer.0.layer_scale1.lambda1',
      'encoder.layer.1.mlp.fc1.bias',
    ],
  },
  {
    name: `a BERT, operator set ${opset}`,
    model: textTransformer(text, { rng, opset }),
    output: 'sentence_embedding',
    feeds: words(6),
    others: words(11, 3),
    frozen: /embeddings|layer\.0\./,
    checked: [
      'embeddings.word_embeddings.weight',
      'embeddings.position_embeddings.weight',
      'embeddings.LayerNorm.bias',
      'onnx::MatMul_encoder.layer.0.self_attn.q_proj',
    ],
  },
])

describe.each(networks)('$name', ({ model, output, pool = (x) => x, ...given }) => {
  const { feeds, others, frozen, checked } = given
  const imported = async (trainable: Trainable) => {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { shape }]) => [name, shape]),
    )
    return importNetwork(model, { inputs, output, trainable })
  }

  test.each(checked)('the slope by %s is that of a difference', async (name) => {
    const network = await imported('all')
    const features = network.apply(network.inputs, { kind: 'inference' })
    const weight = network.parameters.get(name)!
    await checkSlope({ output: features, weight, feeds, tolerance: 0.01 })
  })

  test('a new head and the last layer learn; what is frozen stays, and is served', async () => {
    const network = await imported((name) => !frozen.test(name))
    const features = pool(network.apply(network.inputs, { kind: 'inference' }))
    const head = new Linear({ inputs: features.shape.at(-1)!, outputs: 3 }, rngFromSeed(2))
    const before = new Map(
      [...network.parameters].map(([name, { data }]) => [name, data.slice()] as const),
    )
    const labels = labelsOf(0, 1, 2, 1)
    const { losses, updates } = await fineTune({
      network,
      head,
      pool,
      batch: () => ({ ...feeds, labels }),
      steps: 25,
      rate: 0.003,
    })
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4)
    const learned = network.learned()
    for (const [name, { data }] of network.parameters)
      if (learned.has(name)) expect(data, name).not.toEqual(before.get(name))
      else expect(data, name).toEqual(before.get(name))
    expect([...network.parameters.keys()].filter((name) => !learned.has(name))).toEqual(
      [...network.parameters.keys()].filter((name) => frozen.test(name)),
    )
    // weight and two moments of Adam for each that learns, none for others
    expect(updates).toHaveLength(3 * (learned.size + 2))

    const logits = head.apply(features)
    const parameterNames = new Map<Parameter, string>([
      [head.weight, 'head.weight'],
      [head.bias, 'head.bias'],
    ])
    for (const [name, parameter] of network.parameters) parameterNames.set(parameter, name)
    const freeAxes = { ...network.freeAxes, logits: ['batch', null] }
    const served = writeModel({ logits }, { parameterNames, freeAxes })
    const { logits: wanted } = await evaluate({ logits }, feeds)
    expectClose((await run(served, feeds)).logits!, wanted, 1e-6)

    const again = await readModel(served)
    expect(again.inputs).toEqual((await readModel(model)).inputs)
    const shapes = Object.fromEntries(
      Object.entries(others).map(([name, { shape }]) => [name, shape]),
    )
    const reread = await importNetwork(again, { inputs: shapes })
    const once = reread.apply(reread.inputs, { kind: 'inference' })
    const { y } = await evaluate({ y: once }, others)
    expectClose((await run(served, others)).logits!, y, 1e-6)
    expect([...reread.parameters.keys()].sort()).toEqual([...parameterNames.values()].sort())
  })
})

async function run(served: Uint8Array, feeds: NamedTensors): Promise<NamedTensors> {
  const session = await openSession(served)
  try {
    return await session.run(feeds)
  } finally {
    await session.close()
  }
}
