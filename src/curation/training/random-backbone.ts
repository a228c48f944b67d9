import { invalidInput, type Rng } from '../../core/index.ts'
import { CompactConvNet, parametersOf, unitLength, VisionTransformer } from '../../nn/index.ts'
import type { Backbone } from './backbone.ts'
import type { RandomBackbone } from './backbone-options.ts'

/** RGB in [-1, 1]. */
const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const

/** Draws the weights of a network; all of a picture is squeezed into its square. */
export function randomBackbone(options: {
  readonly network: RandomBackbone
  /** Side of the pictures that it serves, in pixels. */
  readonly size: number
  readonly rng: Rng
}): Backbone {
  const { network: sizes, size, rng } = options
  const shared = {
    dimension: sizes.dimension,
    normalisation,
    preprocessing: { size, fit: 'stretch', ...normalisation },
  } as const
  if (sizes.kind !== 'vision-transformer') {
    const network = new CompactConvNet(sizes, rng)
    return {
      ...shared,
      description: 'Compact convolutional encoder, trained from random weights',
      learned: () => parametersOf(network),
      apply: (pictures, mode) => network.apply(pictures, mode),
    }
  }
  const network = new VisionTransformer(sizes, rng)
  const [height, width] = typeof sizes.size === 'number' ? [sizes.size, sizes.size] : sizes.size
  return {
    ...shared,
    description: 'Vision transformer, trained from random weights',
    learned: () => parametersOf(network),
    apply(pictures, mode) {
      const [, , rows, columns] = pictures.shape
      if (rows !== height || columns !== width)
        throw invalidInput(
          `recipe: its vision transformer takes pictures of ${height} x ${width} only, got ${rows} x ${columns}; give every phase, crop and servedSize that size`,
        )
      return unitLength(network.features(pictures, mode))
    },
  }
}
