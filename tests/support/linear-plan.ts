import { rngFromSeed } from '../../src/core/index.ts'
import { Dropout, Linear } from '../../src/nn/index.ts'
import { input, mul, reduceMean, sub } from '../../src/onnx/index.ts'
import { adam, warmUpCosine } from '../../src/optim/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import type { TrainingPlan } from '../../src/train/index.ts'

const truth = [0.5, -1, 2]
const perStep = 16

/** What differs from the usual {@link linearPlan}. For tests only. */
export interface LinearPlanOptions extends Partial<TrainingPlan> {
  readonly epochs?: number
  /** Where in the training a batch has a NaN. */
  readonly poisonAt?: number
  /** Share of the inputs that is dropped. */
  readonly dropped?: number
}

/**
 * The training of a linear map from 16 noise-free samples a step, in two phases; the samples follow
 * from epoch and step, whether they come at once or in several batches. For tests only.
 */
export function linearPlan(options: LinearPlanOptions = {}) {
  const { epochs = 6, poisonAt, dropped = 0, ...overrides } = options
  const dropout = new Dropout({ rate: dropped })
  const network = new Linear({ inputs: 3, outputs: 1 }, rngFromSeed(7))
  const parts = options.accumulate ?? 1
  const batch = perStep / parts
  const plan: TrainingPlan = {
    network,
    phases: [1, 2].map((phase) => ({
      epochs: epochs / 2,
      stepsPerEpoch: 10,
      build(mode) {
        const x = dropout.apply(input('x', [batch, 3]), mode)
        const error = sub(network.apply(x), input('y', [batch, 1]))
        return {
          loss: reduceMean(mul(error, error)),
          half: mul(reduceMean(mul(error, error)), 0.5 * phase),
        }
      },
      async feeds(epoch, place) {
        const [step, part] = [Math.floor(place / parts), place % parts]
        const rng = rngFromSeed(epoch * 1000 + step)
        const all = Float32Array.from({ length: perStep * 3 }, () => rng.normal())
        const x = all.slice(part * batch * 3, (part + 1) * batch * 3)
        const y = Float32Array.from({ length: batch }, (_, i) =>
          truth.reduce((sum, w, k) => sum + w * x[i * 3 + k]!, 0.25),
        )
        if (epoch * 10 * parts + place === poisonAt) x[4] = Number.NaN
        return { x: tensor('float32', [batch, 3], x), y: tensor('float32', [batch, 1], y) }
      },
    })),
    optimizer: adam(),
    schedule: warmUpCosine({ peak: 0.1 }),
    validateEvery: 1,
    patience: 100,
    async validate() {
      const weight = network.weight.data as Float32Array
      const distance = Math.hypot(...truth.map((w, k) => w - weight[k]!))
      return { score: -distance, metrics: { distance } }
    },
    ...overrides,
  }
  return { plan, network }
}
