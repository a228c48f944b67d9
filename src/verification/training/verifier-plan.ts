import type { PairScores } from '../../metrics/index.ts'
import { parametersOf } from '../../nn/index.ts'
import { input, writeModel } from '../../onnx/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import type { TrainingPlan, Validation } from '../../train/index.ts'
import { byKind, scorePairs } from '../comparing/score-pairs.ts'
import { openDescribingModel } from '../comparing/verifier.ts'
import { judgeScores } from './judge-scores.ts'
import type { Learner } from './learner.ts'
import type { PairSet } from './pair-set.ts'
import type { VerifierRecipe } from './verifier-recipe.ts'

/** What {@link verifierPlan} makes. */
export interface VerifierPlan {
  readonly plan: TrainingPlan
  /** What describes a picture, as the weights are now, as an ONNX model. */
  servedModel(): Uint8Array
  /** Scores of the validation pairs, as the weights are now. */
  validationScores(): Promise<PairScores>
}

/** Plans the training of a verifier; it is judged by the validation pairs. */
export function verifierPlan({
  recipe,
  learner,
  set,
  session = {},
}: {
  readonly recipe: VerifierRecipe
  readonly learner: Learner
  readonly set: PairSet
  readonly session?: SessionOptions
}): VerifierPlan {
  const { network, phases, optimizer, schedule, groups, dimension } = learner
  const { size } = recipe.view
  const servedModel = (): Uint8Array =>
    writeModel(
      { vectors: learner.describe(input('pictures', [1, 3, size, size])) },
      {
        freeBatch: 'N',
        parameterNames: new Map([...parametersOf(network)].map(([name, p]) => [p, name])),
      },
    )
  const validationScores = async (): Promise<PairScores> => {
    const verifier = await openDescribingModel(
      {
        name: recipe.name,
        model: servedModel(),
        hash: '',
        dimension,
        preprocessing: { ...learner.preprocessing, middle: 1 }, // photos are kept as the view shows them
        comparison: learner.comparison(),
      },
      session,
    )
    try {
      return byKind(await scorePairs(verifier, set.validation))
    } finally {
      await verifier.close()
    }
  }
  const plan: TrainingPlan = {
    network,
    phases,
    optimizer,
    schedule,
    ...(groups === undefined ? {} : { groups }),
    validateEvery: recipe.validateEvery,
    patience: recipe.patience,
    async validate(): Promise<Validation> {
      const found = judgeScores(await validationScores(), learner.odds())
      return {
        score: learner.chosenBy === 'loss' ? -found.loss : found.areaUnderRoc,
        metrics: {
          validationAccuracy: found.accuracy,
          validationAreaUnderRoc: found.areaUnderRoc,
          validationEqualErrorRate: found.equalErrorRate,
          validationLoss: found.loss,
        },
      }
    },
  }
  return { plan, servedModel, validationScores }
}
