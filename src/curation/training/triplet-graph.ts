import { multiSimilarityMiner, pairsOf, tripletMarginLoss } from '../../losses/index.ts'
import type { Layer, Mode } from '../../nn/index.ts'
import { cast, type Value } from '../../onnx/index.ts'
import { productInputs } from './product-inputs.ts'
import type { TripletRecipe } from './triplet-recipe.ts'

/**
 * The loss of a recipe as a graph over the inputs `pictures` [B, 3, S, S] and `products` [B] int64.
 * @returns `loss` [] and `active` [], the triplets above zero
 */
export function tripletGraph(
  network: Layer,
  options: {
    readonly loss: TripletRecipe['loss']
    readonly batch: number
    /** Side of the pictures in pixels. */
    readonly size: number
    readonly mode: Mode
  },
): { readonly loss: Value; readonly active: Value } {
  const { loss, mode } = options
  const { pictures, products } = productInputs(options)
  const pairs = pairsOf(network.apply(pictures, mode), products)
  const { margin, mining = 'multi-similarity', minerEpsilon } = loss
  const weights =
    mining === 'multi-similarity'
      ? multiSimilarityMiner(pairs, { epsilon: minerEpsilon })
      : { positive: cast(pairs.positive, 'float32'), negative: cast(pairs.negative, 'float32') }
  return tripletMarginLoss({ pairs, weights, margin, semiHard: mining === 'semi-hard' })
}
