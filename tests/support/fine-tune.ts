import { rngFromSeed } from '../../src/core/index.ts'
import { crossEntropy } from '../../src/losses/index.ts'
import type { ImportedNetwork, Linear } from '../../src/nn/index.ts'
import { input, type Value } from '../../src/onnx/index.ts'
import { adam } from '../../src/optim/index.ts'
import { compileStep, type NamedTensors } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { buildStep, type Phase } from '../../src/train/index.ts'

/** An imported network, a new head, and what they learn. For tests only. */
export interface FineTuning {
  readonly network: ImportedNetwork
  readonly head: Linear
  /** From what the network gives to what the head takes; default: as it is. */
  readonly pool?: (features: Value) => Value
  /** The batch of each step, counted from 0: the network's inputs, and `labels`. */
  readonly batch: (step: number) => NamedTensors | Promise<NamedTensors>
  readonly steps: number
  readonly rate: number
}

/** The losses of some steps, after which the parameters are what was learned. For tests only. */
export async function fineTune(given: FineTuning) {
  const { network, head, pool = (x) => x, batch, steps, rate } = given
  const [shape = []] = Object.values(network.inputs).map((one) => one.shape)
  const labels = input('labels', [shape[0]!], 'int64')
  const phase: Phase = {
    epochs: 1,
    stepsPerEpoch: steps,
    build(mode) {
      const logits = head.apply(pool(network.apply(network.inputs, mode)))
      return { loss: crossEntropy({ logits, labels }) }
    },
    feeds: async (_, step) => batch(step),
  }
  const plan = { network: { network, head }, optimizer: adam() }
  const { outputs, updates } = buildStep({ phase, plan, rng: rngFromSeed(1) })
  const step = await compileStep({ outputs, updates })
  try {
    const losses: number[] = []
    for (let i = 0; i < steps; i++) {
      const rates = { learningRate: number(rate), step: number(i + 1) }
      const { loss } = await step.run({ ...(await batch(i)), ...rates })
      losses.push(Number(loss!.data[0]))
    }
    step.sync()
    return { losses, updates }
  } finally {
    await step.close()
  }
}

/** Class numbers as a batch has them. For tests only. */
export const labelsOf = (...classes: readonly number[]): Tensor =>
  tensor('int64', [classes.length], BigInt64Array.from(classes, BigInt))

const number = (x: number): Tensor => tensor('float32', [], Float32Array.of(x))
