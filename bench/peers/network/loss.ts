import { resnet18, siameseLogits } from './convolution-networks.ts'
import type { Operators, Scope } from './layers.ts'
import { lastState, perceptron, visionTransformer } from './matrix-networks.ts'
import type { TrainingSetup } from './serve.ts'

/** Loss of a batch, given a network's weights in their order. */
export type LossOf<T> = (weights: readonly T[], inputs: readonly T[]) => T

/**
 * The loss of bench/training/networks.ts as network.py computes it, written with a library's operators.
 * Running statistics, which no loss of training depends on, stay as they are.
 */
export function lossOf<T>(
  ops: Operators<T>,
  { network, weights: listed, inputs }: TrainingSetup,
): LossOf<T> {
  const places = new Map(listed.map(({ name }, i) => [name, i]))
  const { shape } = inputs[0]!
  const logits = { mlp: perceptron, lstm: lastState, vit: visionTransformer, resnet18 }
  const hasNetwork = network === 'siamese' || network in logits
  if (!hasNetwork) throw new Error(`the network ${network} is not written for this library`)
  return (weights, given) => {
    const scope: Scope<T> = {
      ops,
      weight: (name) => weights[places.get(name)!]!,
      shapeOf: (name) => listed[places.get(name)!]!.shape,
    }
    const [x, right] = given as [T, T]
    if (network === 'siamese') return sameness(scope, siameseLogits(scope, given), given[2]!)
    const chosen = ops.mul(
      ops.logSoftmax(logits[network as keyof typeof logits](scope, x, shape)),
      right,
    )
    return ops.mul(ops.mean(chosen), -listed.at(-1)!.shape[0]!) // of each example the sum over classes
  }
}

/** Binary cross entropy with logits, softplus(z) − z t. */
function sameness<T>({ ops: { mean, sub, mul, softplus } }: Scope<T>, logits: T, same: T): T {
  return mean(sub(softplus(logits), mul(logits, same)))
}
