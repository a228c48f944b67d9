import { dinoCentre, dinoLoss } from '../../losses/index.ts'
import type { DinoHead, Mode } from '../../nn/index.ts'
import { concat, input, type Parameter, reshape, type Value } from '../../onnx/index.ts'
import { type ParameterAverage, withAverages } from '../../optim/index.ts'
import type { Backbone } from './backbone.ts'
import type { DinoRecipe } from './dino-recipe.ts'
import { globalViews, localSide } from './dino-views.ts'

/** Names of the inputs that follow schedules. */
export const teacherInputs = { momentum: 'teacherMomentum', temperature: 'teacherTemperature' }

/** What learns by self-distillation. */
export interface DinoNetwork {
  readonly backbone: Backbone
  readonly head: DinoHead
  /** [K] */
  readonly centre: Parameter
  /** The teacher: the average of backbone and head. */
  readonly teacher: ParameterAverage
}

/**
 * The loss of a recipe as a graph over what `dinoViews` feeds and the `teacherTemperature` [].
 *
 * The teacher is the student's graph of the global crops on averaged parameters; it normalises by its
 * own batches and keeps running statistics of its own.
 * @returns the loss, and what shows a collapse
 */
export function dinoGraph(
  { backbone, head, centre, teacher }: DinoNetwork,
  options: {
    readonly recipe: DinoRecipe
    readonly products: number
    /** Side of the global crops in pixels. */
    readonly size: number
    readonly mode: Mode
  },
): Readonly<Record<'loss' | 'teacherEntropy' | 'divergence' | 'information', Value>> {
  const { recipe, products, size, mode } = options
  const views = recipe.picturesPerProduct
  const crops = (name: string, count: number, side: number): Value =>
    input(name, [count * products, 3, side, side])
  const updates = mode.kind === 'training' ? mode.updates : []
  const seen = backbone.apply(crops('globals', globalViews, size), mode)
  const statistics = [...updates]
  const [scores, ...nexts] = withAverages(teacher, [
    head.apply(seen),
    ...statistics.map(({ next }) => next),
  ]) as [Value, ...Value[]]
  statistics.forEach(({ state }, i) => {
    updates.push({ state: teacher.of(state), next: nexts[i]! })
  })
  const all = views === globalViews ? seen : concat([seen, localVectors()], 0)
  const taught = reshape(scores, [globalViews, products, -1])
  const moved = movedCentre()
  const { loss, entropy, divergence, information } = dinoLoss({
    student: reshape(head.apply(all), [views, products, -1]),
    teacher: taught,
    centre: moved,
    studentTemperature: recipe.studentTemperature,
    teacherTemperature: input(teacherInputs.temperature, []),
  })
  return { loss, teacherEntropy: entropy, divergence, information }

  /** With this batch in it: the very first would else teach what all pictures have in common. */
  function movedCentre(): Value {
    const { centreMomentum: momentum } = recipe.teacher
    if (momentum === undefined || mode.kind !== 'training') return centre
    const next = dinoCentre({ teacher: taught, centre, momentum, step: mode.step })
    updates.push({ state: centre, next })
    return next
  }

  function localVectors(): Value {
    const side = localSide(size, recipe.crops.localSize)
    return backbone.apply(crops('locals', views - globalViews, side), mode)
  }
}
