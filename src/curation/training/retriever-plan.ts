import { openPictureEncoder, type PictureEncoder } from '../../encoders/index.ts'
import { parametersOf } from '../../nn/index.ts'
import { input, writeModel } from '../../onnx/index.ts'
import { adam, warmUpCosine } from '../../optim/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import type { TrainingPlan, Validation } from '../../train/index.ts'
import { encodeLabelled, precisionOf } from './retrieval-precision.ts'
import type { RetrievalSet } from './retrieval-set.ts'
import type { Retriever } from './retriever.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** What {@link retrieverPlan} makes. */
export interface RetrieverPlan {
  readonly plan: TrainingPlan
  /** The network as it is now, as an ONNX model. */
  servedModel(): Uint8Array
}

/** Plans the training of a retriever; it is judged by the precision of retrieval. */
export function retrieverPlan(options: {
  readonly recipe: RetrieverRecipe
  readonly retriever: Retriever
  readonly set: RetrievalSet
  readonly session?: SessionOptions
}): RetrieverPlan {
  const { recipe, retriever, set, session = {} } = options
  const { network, phases, backbone } = retriever
  const { dimension, preprocessing, groups } = backbone
  const servedModel = (): Uint8Array => {
    const pictures = input('pictures', [1, 3, recipe.servedSize, recipe.servedSize])
    return writeModel(
      { vectors: backbone.apply(pictures, { kind: 'inference' }) },
      {
        freeBatch: 'N',
        parameterNames: new Map([...parametersOf(network)].map(([name, p]) => [p, name])),
      },
    )
  }
  const openEncoder = (): Promise<PictureEncoder> =>
    openPictureEncoder(
      { name: recipe.name, model: servedModel(), dimension, preprocessing },
      session,
    )
  const { peakLearningRate, warmUp, weightDecay } = recipe.optimizer
  const plan: TrainingPlan = {
    network,
    phases,
    optimizer: adam({ weightDecay }),
    schedule: warmUpCosine({ peak: peakLearningRate, warmUp }),
    validateEvery: recipe.validateEvery,
    patience: recipe.patience,
    validationWork:
      (set.validation.pictures.length + (set.gallery ?? set.train).pictures.length) *
      recipe.servedSize ** 2,
    ...(groups === undefined ? {} : { groups }),
    ...retriever.more,
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
  return { plan, servedModel }
}
