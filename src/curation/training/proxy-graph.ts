import { crossEntropy } from '../../losses/index.ts'
import type { Layer, Mode, WeightNormLinear } from '../../nn/index.ts'
import { mul, type Value } from '../../onnx/index.ts'
import { productInputs } from './product-inputs.ts'
import type { ProxyRecipe } from './proxy-recipe.ts'

/** What learns by proxies. */
export interface ProxyNetwork {
  readonly backbone: Layer
  /** A vector a product; what counts is its direction. */
  readonly proxies: WeightNormLinear
}

/**
 * Cross entropy of the softmax over the cosines to all products' proxies, over the inputs of productInputs:
 *
 *   L = −mean ln (exp(s ⟨v, p_y⟩) / Σ_k exp(s ⟨v, p_k⟩)),  ‖v‖ = ‖p_k‖ = 1
 *
 * @see Zhai and Wu 2019, section 3.1
 */
export function proxyGraph(
  { backbone, proxies }: ProxyNetwork,
  options: {
    readonly loss: ProxyRecipe['loss']
    readonly batch: number
    /** Side of the pictures in pixels. */
    readonly size: number
    readonly mode: Mode
  },
): { readonly loss: Value } {
  const { loss, mode } = options
  const { pictures, products } = productInputs(options)
  const logits = mul(proxies.apply(backbone.apply(pictures, mode)), loss.scale)
  return { loss: crossEntropy({ logits, labels: products, smoothing: loss.smoothing }) }
}
