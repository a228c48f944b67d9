import { assertPositive, invalidInput, rngFromSeed } from '../../core/index.ts'
import { DinoHead } from '../../nn/index.ts'
import { input, parameter } from '../../onnx/index.ts'
import { cosine, exponentialAverage, linear } from '../../optim/index.ts'
import { zeros } from '../../tensor/index.ts'
import { assertNotCollapsed } from './dino-collapse.ts'
import { dinoGraph, teacherInputs } from './dino-graph.ts'
import type { DinoRecipe } from './dino-recipe.ts'
import { dinoBatches, dinoViews, dinoWork, globalViews } from './dino-views.ts'
import { openBackbone } from './open-backbone.ts'
import { productBatches } from './product-batches.ts'
import type { ProductLearnerOptions } from './product-learner.ts'
import type { Retriever } from './retriever.ts'

/**
 * A retriever that learns from its own average without negatives: the student's view of one photo is
 * to say what the teacher says of other photos of the same product. What is validated and served is the
 * teacher.
 * @throws InvalidInput when there is one product only, or the recipe has fewer than two views
 * @see Ahemad et al. 2024, section 2.3; Caron et al. 2021
 */
export async function dinoRetriever({
  recipe,
  seed,
  set,
  source,
}: ProductLearnerOptions<DinoRecipe>): Promise<Retriever> {
  assertViews(recipe)
  const rng = rngFromSeed(seed)
  const batches = productBatches({ recipe, seed, train: set.train })
  const { products, stepsPerEpoch } = batches
  const backbone = await openBackbone({
    recipe,
    rng: rng.fork('weights'),
    batches: dinoBatches(recipe, products),
    source,
  })
  const head = new DinoHead({ ...recipe.head, inputs: backbone.dimension }, rng.fork('head'))
  const centre = parameter(zeros([recipe.head.prototypes]), 'statistic')
  const teacher = exponentialAverage({ decay: input(teacherInputs.momentum, []) })
  const { momentum, temperature } = recipe.teacher
  const warmed = linear(temperature)
  return {
    method: 'self-distillation',
    network: { backbone, head, centre },
    phases: recipe.phases.map(({ epochs, size }) => ({
      epochs,
      stepsPerEpoch,
      work: dinoWork(recipe, products, size),
      build: (mode) =>
        dinoGraph({ backbone, head, centre, teacher }, { recipe, products, size, mode }),
      feeds: (epoch, step) =>
        dinoViews({
          ...{ recipe, seed, batches, size, epoch, step },
          train: set.train,
          normalisation: backbone.normalisation,
        }),
    })),
    backbone,
    facts: {},
    more: {
      average: teacher,
      schedules: {
        [teacherInputs.momentum]: cosine({ start: momentum, end: 1 }),
        [teacherInputs.temperature]: (progress) => warmed(progress / temperature.warmUp),
      },
      clip: { norm: recipe.clipNorm },
      inspect: (curve) =>
        assertNotCollapsed(curve, { prototypes: recipe.head.prototypes, products }),
    },
  }
}

function assertViews({ picturesPerProduct, crops, teacher }: DinoRecipe): void {
  if (!(picturesPerProduct >= globalViews))
    throw invalidInput(
      `recipe: picturesPerProduct is ${picturesPerProduct}, self-distillation needs ${globalViews} global views and has local ones beyond that; 6 is usual`,
    )
  assertPositive('recipe: crops.localSize', crops.localSize, 0.6)
  assertPositive('recipe: teacher.temperature.warmUp', teacher.temperature.warmUp, 0.3)
}
