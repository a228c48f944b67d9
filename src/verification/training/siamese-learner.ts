import { rngFromSeed } from '../../core/index.ts'
import {
  type FacePair,
  type Picture,
  type Preprocessing,
  picturesToTensor,
} from '../../data/index.ts'
import { binaryCrossEntropyWithLogits } from '../../losses/index.ts'
import { SiameseNet } from '../../nn/index.ts'
import { constant, gather, input, integers, mul, type Value } from '../../onnx/index.ts'
import { adam, sgd, stepDecay } from '../../optim/index.ts'
import { tensor } from '../../tensor/index.ts'
import { grey } from './grey.ts'
import type { Learner } from './learner.ts'
import { pairBatches } from './pair-batches.ts'
import type { PairSet } from './pair-set.ts'
import type { SiameseRecipe } from './verifier-recipe.ts'

/**
 * Learns the siamese network of paper 004 from pairs by binary cross entropy.
 *
 * What is served describes one picture: the values are multiplied by the sizes of the head's weights
 * and sorted by their signs, so that comparing two descriptions takes only sums of differences.
 */
export function siameseLearner({
  recipe,
  seed,
  set,
}: {
  readonly recipe: SiameseRecipe
  readonly seed: number
  readonly set: Pick<PairSet, 'train'>
}): Learner {
  const { view, optimizer, epochs } = recipe
  const { size } = view
  const network = new SiameseNet({ ...recipe.network, size }, rngFromSeed(seed).fork('weights'))
  const preprocessing: Preprocessing = { ...colours, size, fit: 'stretch', middle: view.middle }
  const batches = pairBatches({ ...set, pairsPerBatch: recipe.pairsPerBatch, seed })
  const pictures = (name: string): Value => input(name, [batches.size, 3, size, size])
  const { learningRate, tenthEvery } = optimizer
  return {
    method: `binary cross entropy of pairs, ${optimizer.name === 'adam' ? 'Adam' : 'SGD'}`,
    network,
    preprocessing,
    dimension: network.dimension,
    chosenBy: 'loss',
    optimizer:
      optimizer.name === 'adam'
        ? adam({ penalty: optimizer.penalty })
        : sgd({ momentum: optimizer.momentum }),
    schedule: stepDecay({ start: learningRate, every: tenthEvery, epochs }),
    // as PyTorch does: biases and normalisation too
    groups: [{ pattern: /./, decay: true }],
    phases: [
      {
        epochs,
        stepsPerEpoch: batches.stepsPerEpoch,
        build(mode) {
          const [one, two] = [grey(pictures('one')), grey(pictures('two'))]
          return {
            loss: binaryCrossEntropyWithLogits({
              logits: network.logits(one, two, mode),
              targets: input('same', [batches.size, 1]),
            }),
          }
        },
        async feeds(epoch, step) {
          const pairs = batches.chosen(epoch, step)
          const side = async (i: 0 | 1) =>
            tensor(
              'float32',
              [pairs.length, 3, size, size],
              await picturesToTensor(photosOf(pairs, i, set.train.photos), {
                ...preprocessing,
                middle: 1, // photos are kept as the view shows them
              }),
            )
          const same = Float32Array.from(pairs, (pair) => Number(pair.same))
          return {
            one: await side(0),
            two: await side(1),
            same: tensor('float32', [pairs.length, 1], same),
          }
        },
      },
    ],
    describe(given) {
      const { order, sizes } = sorted(network)
      const described = network.apply(grey(given), { kind: 'inference' })
      return mul(gather(described, integers(order), 1), constant(sizes))
    },
    comparison: () => ({
      kind: 'difference',
      against: sorted(network).against,
      bias: network.head.bias!.data[0] as number,
    }),
    odds: () => ({ scale: 1, bias: 0 }),
  }
}

/** As torchvision's ToTensor leaves them: from 0 to 1. */
const colours = { mean: [0, 0, 0], std: [1, 1, 1] } as const

function photosOf(
  pairs: readonly FacePair[],
  side: 0 | 1,
  photos: ReadonlyMap<string, Picture>,
): Picture[] {
  return pairs.map(({ paths }) => photos.get(paths[side])!)
}

/** The head's weights by sign, those against the same first, and how many these are. */
function sorted({ head, dimension }: SiameseNet) {
  const weights = head.weight.data as Float32Array
  const places = Array.from(weights, (_, i) => i)
  const against = places.filter((i) => weights[i]! < 0)
  const order = [...against, ...places.filter((i) => !(weights[i]! < 0))]
  const sizes = Float32Array.from(order, (i) => Math.abs(weights[i]!))
  return {
    order,
    sizes: tensor('float32', [dimension], sizes),
    against: against.length,
  }
}
