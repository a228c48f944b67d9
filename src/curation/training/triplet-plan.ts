import { invalidInput, rngFromSeed } from '../../core/index.ts'
import {
  augment,
  type Picture,
  type Preprocessing,
  picturesToTensor,
  pkBatches,
} from '../../data/index.ts'
import { openPictureEncoder, type PictureEncoder } from '../../encoders/index.ts'
import { CompactConvNet, parametersOf } from '../../nn/index.ts'
import { input, writeModel } from '../../onnx/index.ts'
import { adam, warmUpCosine } from '../../optim/index.ts'
import type { NamedTensors, SessionOptions } from '../../runtime/index.ts'
import type { Phase, TrainingPlan, Validation } from '../../train/index.ts'
import { encodeLabelled, precisionOf } from './retrieval-precision.ts'
import type { LabelledPictures, RetrievalSet } from './retrieval-set.ts'
import { tripletGraph } from './triplet-graph.ts'
import type { TripletRecipe } from './triplet-recipe.ts'

/** What {@link tripletPlan} makes. */
export interface TripletPlan {
  readonly plan: TrainingPlan
  readonly preprocessing: Preprocessing
  /** The network as it is now, as an ONNX model. */
  servedModel(): Uint8Array
}

/** Plans the training of a triplet retriever. */
export function tripletPlan(options: {
  readonly recipe: TripletRecipe
  readonly seed: number
  readonly set: RetrievalSet
  readonly session?: SessionOptions
}): TripletPlan {
  const { recipe, seed, set, session = {} } = options
  const network = new CompactConvNet(recipe.network, rngFromSeed(seed).fork('weights'))
  const preprocessing = preprocessingOf(recipe.servedSize)
  const servedModel = (): Uint8Array => {
    const pictures = input('pictures', [1, 3, recipe.servedSize, recipe.servedSize])
    const vectors = network.apply(pictures, { kind: 'inference' })
    return writeModel(
      { vectors },
      {
        freeBatch: 'N',
        parameterNames: new Map([...parametersOf(network)].map(([name, p]) => [p, name])),
      },
    )
  }
  const openEncoder = (): Promise<PictureEncoder> =>
    openPictureEncoder(
      {
        name: recipe.name,
        model: servedModel(),
        dimension: recipe.network.dimension,
        preprocessing,
      },
      session,
    )
  const { peakLearningRate, warmUp, weightDecay } = recipe.optimizer
  const plan: TrainingPlan = {
    network,
    phases: recipe.phases.map(({ epochs, size }) =>
      tripletPhase({ recipe, seed, network, train: set.train, epochs, size }),
    ),
    optimizer: adam({ weightDecay }),
    schedule: warmUpCosine({ peak: peakLearningRate, warmUp }),
    validateEvery: recipe.validateEvery,
    patience: recipe.patience,
    async validate(): Promise<Validation> {
      const encoder = await openEncoder()
      try {
        const [queries, gallery] = [
          await encodeLabelled(encoder, set.validation),
          await encodeLabelled(encoder, set.gallery ?? set.train),
        ]
        const { p1, p5 } = precisionOf(queries, gallery)
        return { score: p1, metrics: { validationP1: p1, validationP5: p5 } }
      } finally {
        await encoder.close()
      }
    },
  }
  return { plan, preprocessing, servedModel }
}

/** RGB in [-1, 1], the whole picture squeezed into a square. */
function preprocessingOf(size: number): Preprocessing {
  return { size, fit: 'stretch', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
}

function tripletPhase(options: {
  readonly recipe: TripletRecipe
  readonly seed: number
  readonly network: CompactConvNet
  readonly train: LabelledPictures
  readonly epochs: number
  readonly size: number
}): Phase {
  const { recipe, seed, network, train, epochs, size } = options
  const ids = [...new Set(train.products)]
  const { picturesPerProduct } = recipe
  // A small catalogue has fewer products than the recipe would put into a batch.
  const productsPerBatch = Math.min(recipe.productsPerBatch, ids.length)
  if (productsPerBatch < 2)
    throw invalidInput(
      `training: there is ${ids.length} product to learn from, at least two are needed to tell apart; add products`,
    )
  const batch = productsPerBatch * picturesPerProduct
  const productOf = train.products.map((product) => ids.indexOf(product))
  const groups = ids.map((_, id) => productOf.flatMap((product, i) => (product === id ? [i] : [])))
  const stepsPerEpoch = Math.ceil(train.pictures.length / batch)
  const batchesOf = (epoch: number): number[][] => [
    ...pkBatches(
      { groups, productsPerBatch, picturesPerProduct, batches: stepsPerEpoch },
      rngFromSeed(seed).fork(`batches ${epoch}`),
    ),
  ]
  let known: { epoch: number; batches: number[][] } | undefined
  return {
    epochs,
    stepsPerEpoch,
    build: (mode) => tripletGraph(network, { loss: recipe.loss, batch, size, mode }),
    async feeds(epoch, step): Promise<NamedTensors> {
      if (known?.epoch !== epoch) known = { epoch, batches: batchesOf(epoch) }
      const chosen = known.batches[step]!
      const rng = rngFromSeed(seed).fork(`augmentation ${epoch} ${step}`)
      const varied: Picture[] = []
      for (const i of chosen)
        varied.push(await augment(train.pictures[i]!, { ...recipe.augmentation, size }, rng))
      return {
        pictures: {
          dtype: 'float32',
          shape: [batch, 3, size, size],
          data: await picturesToTensor(varied, preprocessingOf(size)),
        },
        products: {
          dtype: 'int64',
          shape: [batch],
          data: BigInt64Array.from(chosen, (i) => BigInt(productOf[i]!)),
        },
      }
    },
  }
}
