import { rngFromSeed } from '../../core/index.ts'
import { augment, type Picture, type Preprocessing, picturesToTensor } from '../../data/index.ts'
import { add, input, mul, neg, reduceSum, softplus, sub, type Value } from '../../onnx/index.ts'
import { adam, warmUpCosine } from '../../optim/index.ts'
import { tensor } from '../../tensor/index.ts'
import type { Phase } from '../../train/index.ts'
import { comparisonsOf } from './compared-pictures.ts'
import { CosineNetwork } from './cosine-network.ts'
import type { Learner } from './learner.ts'
import { pairBatches } from './pair-batches.ts'
import type { PairSet } from './pair-set.ts'
import type { CosineRecipe } from './verifier-recipe.ts'

/** Learns vectors whose cosine tells whether two pictures show the same, by binary cross entropy. */
export function cosineLearner({
  recipe,
  seed,
  set,
}: {
  readonly recipe: CosineRecipe
  readonly seed: number
  readonly set: Pick<PairSet, 'train'>
}): Learner {
  const { view, optimizer, augmentation, mirrored } = recipe
  const { size } = view
  const network = new CosineNetwork({ ...recipe.network, size }, rngFromSeed(seed).fork('weights'))
  const preprocessing: Preprocessing = { ...colours, size, fit: 'stretch', middle: view.middle }
  const batches = pairBatches({ ...set, pairsPerBatch: recipe.pairsPerBatch, seed })
  const places = 2 * batches.size
  const phases = recipe.phases.map(
    ({ epochs, compared }): Phase => ({
      epochs,
      stepsPerEpoch: batches.stepsPerEpoch,
      build(mode) {
        const logits = network.logits(input('pictures', [places, 3, size, size]), mode)
        const [targets, weights] = ['targets', 'weights'].map((name) =>
          input(name, [places, places]),
        )
        return { loss: weighedCrossEntropy(logits, targets!, weights!) }
      },
      async feeds(epoch, step) {
        const rng = rngFromSeed(seed).fork(`augmentation ${epoch} ${step}`)
        const { paths, targets, weights } = comparisonsOf(
          batches.chosen(epoch, step),
          compared,
          rng,
        )
        const varied: Picture[] = []
        for (const path of paths)
          varied.push(await augment(set.train.photos.get(path)!, { ...augmentation, size }, rng))
        const seen = { ...preprocessing, middle: 1 }
        return {
          pictures: tensor(
            'float32',
            [places, 3, size, size],
            await picturesToTensor(varied, seen),
          ),
          targets: tensor('float32', [places, places], targets),
          weights: tensor('float32', [places, places], weights),
        }
      },
    }),
  )
  const { peakLearningRate, warmUp, weightDecay } = optimizer
  return {
    method: `binary cross entropy of cosines (${recipe.phases.map((phase) => phase.compared).join(', then ')})`,
    network,
    preprocessing,
    dimension: recipe.network.dimension,
    chosenBy: 'area under ROC',
    optimizer: adam({ weightDecay }),
    schedule: warmUpCosine({ peak: peakLearningRate, warmUp }),
    phases,
    describe: (pictures) =>
      mirrored ? network.mirrored(pictures) : network.apply(pictures, { kind: 'inference' }),
    comparison: () => undefined,
    odds: () => network.odds(),
  }
}

const colours = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const

/** Σ w (t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ)) */
function weighedCrossEntropy(logits: Value, targets: Value, weights: Value): Value {
  const held = mul(targets, softplus(neg(logits)))
  const missed = mul(sub(1, targets), softplus(logits))
  return reduceSum(mul(weights, add(held, missed)))
}
