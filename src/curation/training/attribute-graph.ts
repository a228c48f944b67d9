import { cosineLoss } from '../../losses/index.ts'
import type { AttributeNet, Mode } from '../../nn/index.ts'
import { constant, gather, type Value } from '../../onnx/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { AttributeTargets } from './attribute-targets.ts'
import { productInputs } from './product-inputs.ts'

/**
 * The cosine loss of every head to the text vector of its attribute, over the inputs of
 * productInputs; missing attributes count nothing.
 * @see Ahemad et al. 2024, equation 1
 */
export function attributeGraph(
  network: AttributeNet,
  options: Pick<AttributeTargets, 'target' | 'present'> & {
    readonly batch: number
    /** Side of the pictures in pixels. */
    readonly size: number
    readonly mode: Mode
  },
): { readonly loss: Value } {
  const { target, present, mode } = options
  const { pictures, products } = productInputs(options)
  const ofBatch = (table: Tensor): Value => gather(constant(table), products)
  return {
    loss: cosineLoss({
      predicted: network.apply(pictures, mode),
      target: ofBatch(target),
      weights: ofBatch(present),
    }),
  }
}
