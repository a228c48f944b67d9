import type { Rng } from '../../src/core/index.ts'
import { curationRecipes, tripletGraph } from '../../src/curation/index.ts'
import { binaryCrossEntropyWithLogits, crossEntropy } from '../../src/losses/index.ts'
import {
  CompactConvNet,
  type Layer,
  Linear,
  Lstm,
  Mlp,
  type Mode,
  ResNet,
  resNetSizes,
  SiameseNet,
  VisionTransformer,
  visionTransformerSizes,
} from '../../src/nn/index.ts'
import { input, reshape, type Value } from '../../src/onnx/index.ts'
import { adam, type Optimizer, sgd } from '../../src/optim/index.ts'
import type { NamedTensors } from '../../src/runtime/index.ts'
import { type Shape, sizeOf, tensor } from '../../src/tensor/index.ts'
import { colouredCells } from '../inputs/coloured-cells.ts'

/** A network and what it is trained on, as both sides of the benchmark make it. */
export interface NetworkCase {
  readonly title: string
  /** What the peer calls the network; default: as here. */
  readonly peer?: string
  /** Examples in a batch, as the title counts them. */
  readonly batch: number
  readonly network: Layer
  /** Of PyTorch's optimizer of that name. */
  readonly settings: { readonly name: string; readonly options: Readonly<Record<string, number>> }
  /** What else the peer has to know. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly optimizer: Optimizer
  readonly learningRate: number
  readonly feeds: NamedTensors
  build(mode: Mode): { readonly loss: Value }
}

/** The cases by the names that the peer knows them by. */
export const networkCases: Readonly<Record<string, (rng: Rng) => NetworkCase>> = {
  encoder(rng) {
    const recipe = curationRecipes['curation/grocery-triplet']!
    const size = Math.max(...recipe.phases.map((phase) => phase.size))
    const batch = recipe.productsPerBatch * recipe.picturesPerProduct
    const network = new CompactConvNet(recipe.network, rng)
    const products = BigInt64Array.from({ length: batch }, (_, i) =>
      BigInt(i % recipe.productsPerBatch),
    )
    return {
      title: `shipped encoder with triplets, ${batch} pictures of ${size} px, AdamW`,
      batch,
      network,
      // a hundredth of the recipe's rate, or the batch would be known by heart before the end
      ...adamOf('adamw', recipe.optimizer.peakLearningRate / 100, recipe.optimizer.weightDecay),
      details: { ...recipe.network, ...recipe.loss },
      feeds: {
        pictures: colouredCells(batch, size, rng),
        products: tensor('int64', [batch], products),
      },
      build: (mode) => tripletGraph(network, { loss: recipe.loss, batch, size, mode }),
    }
  },
  siamese(rng) {
    const network = new SiameseNet({}, rng)
    const batch = 32
    const [one, two] = ['one', 'two'].map((name) => input(name, [batch, 1, 105, 105]))
    const same = input('same', [batch, 1])
    const halves = Float32Array.from({ length: batch }, (_, i) => i % 2)
    return {
      title: 'siamese network of paper 004, 32 pairs of 105 px, Adam',
      batch,
      network,
      ...adamOf('adam', 1e-5, 0),
      feeds: {
        one: normal(one!.shape, rng),
        two: normal(two!.shape, rng),
        same: tensor('float32', same.shape, halves),
      },
      build: (mode) => ({
        loss: binaryCrossEntropyWithLogits({
          logits: network.logits(one!, two!, mode),
          targets: same,
        }),
      }),
    }
  },
  resnet18(rng) {
    const network = new ResNet({ ...resNetSizes[18], classes: 1000, startAsIdentity: false }, rng)
    const learningRate = 1e-3
    return {
      title: 'ResNet-18, 16 pictures of 112 px, SGD with momentum',
      network,
      settings: { name: 'sgd', options: { lr: learningRate, momentum: 0.9 } },
      optimizer: sgd({ momentum: 0.9 }),
      learningRate,
      ...classified(network, { shape: [16, 3, 112, 112], classes: 1000, rng }),
    }
  },
  vit: (rng) => vitSmall(rng, false),
  'vit-rematerialized': (rng) => vitSmall(rng, true),
  mlp(rng) {
    const network = new Mlp({ widths: [512, 512, 512] }, rng)
    const learningRate = 1e-3
    return {
      title: 'perceptron 512-512-512, 256 rows, SGD',
      network,
      settings: { name: 'sgd', options: { lr: learningRate } },
      optimizer: sgd(),
      learningRate,
      ...classified(network, { shape: [256, 512], classes: 512, rng }),
    }
  },
  lstm(rng) {
    const sizes = { inputs: 512, hidden: 512 }
    const network = new LastState(sizes, rng)
    const [batch, length] = [32, 60]
    const [x, labels] = [input('x', [length, batch, 512]), input('labels', [batch], 'int64')]
    const learningRate = 1e-2
    return {
      title: 'LSTM 512 over 60 steps, 32 sequences, SGD',
      batch,
      network,
      settings: { name: 'sgd', options: { lr: learningRate } },
      optimizer: sgd(),
      learningRate,
      feeds: { x: normal(x.shape, rng), labels: classesOf(batch, 10) },
      build: (mode) => ({ loss: crossEntropy({ logits: network.apply(x, mode), labels }) }),
    }
  },
}

/** A class by the last state of an LSTM. */
class LastState implements Layer {
  readonly lstm: Lstm
  readonly head: Linear

  constructor(sizes: { readonly inputs: number; readonly hidden: number }, rng: Rng) {
    this.lstm = new Lstm(sizes, rng)
    this.head = new Linear({ inputs: sizes.hidden, outputs: 10 }, rng)
  }

  apply(x: Value, mode: Mode): Value {
    return this.head.apply(reshape(this.lstm.run(x, mode).h, [x.shape[1]!, -1]))
  }
}

function vitSmall(rng: Rng, rematerialize: boolean): NetworkCase {
  const sizes = { ...visionTransformerSizes.small, size: 224, patch: 16, classes: 1000 }
  const network = new VisionTransformer({ ...sizes, rematerialize }, rng)
  const how = rematerialize ? ', blocks computed twice to save memory' : ''
  return {
    title: `ViT-S/16, 8 pictures of 224 px, AdamW${how}`,
    peer: 'vit',
    network,
    ...adamOf('adamw', 1e-5, 0.05),
    ...classified(network, { shape: [8, 3, 224, 224], classes: 1000, rng }),
  }
}

function adamOf(name: 'adam' | 'adamw', learningRate: number, weightDecay: number) {
  const options = { lr: learningRate, weight_decay: weightDecay }
  return { settings: { name, options }, optimizer: adam({ weightDecay }), learningRate }
}

/** Cross entropy of a network's output with labels that go round. */
function classified(
  network: Layer,
  { shape, classes, rng }: { readonly shape: Shape; readonly classes: number; readonly rng: Rng },
) {
  const batch = shape[0]!
  const [x, labels] = [input('x', shape), input('labels', [batch], 'int64')]
  return {
    batch,
    feeds: { x: normal(shape, rng), labels: classesOf(batch, classes) },
    build: (mode: Mode) => ({ loss: crossEntropy({ logits: network.apply(x, mode), labels }) }),
  }
}

function classesOf(batch: number, classes: number) {
  const right = BigInt64Array.from({ length: batch }, (_, i) => BigInt((7 * i) % classes))
  return tensor('int64', [batch], right)
}

function normal(shape: Shape, rng: Rng) {
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()),
  )
}
