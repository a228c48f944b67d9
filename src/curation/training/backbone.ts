import { invalidInput, type Rng } from '../../core/index.ts'
import {
  CompactConvNet,
  type CompactConvNetOptions,
  type Layer,
  type Mode,
  parametersOf,
  unitLength,
  VisionTransformer,
  type VisionTransformerOptions,
} from '../../nn/index.ts'
import type { Value } from '../../onnx/index.ts'

/** The network of a recipe: a compact convolutional one where nothing else is said. */
export type BackboneOptions =
  | ({ readonly kind?: 'compact' } & CompactConvNetOptions)
  | ({ readonly kind: 'vision-transformer' } & Omit<VisionTransformerOptions, 'classes'>)

/** A network from random weights that turns pictures into vectors. */
export interface Backbone extends Layer {
  readonly dimension: number
  /** Rows of unit length. [N, 3, S, S] → [N, dimension]. */
  apply(pictures: Value, mode: Mode): Value
}

/** Draws the weights of a recipe's network. */
export function makeBackbone(options: BackboneOptions, rng: Rng): Backbone {
  const { dimension } = options
  if (options.kind !== 'vision-transformer') {
    const network = new CompactConvNet(options, rng)
    return {
      dimension,
      learned: () => parametersOf(network),
      apply: (pictures, mode) => network.apply(pictures, mode),
    }
  }
  const network = new VisionTransformer(options, rng)
  const [height, width] =
    typeof options.size === 'number' ? [options.size, options.size] : options.size
  return {
    dimension,
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

/** What the network is, in the words of a model card. */
export const backboneName = ({ kind }: BackboneOptions): string =>
  kind === 'vision-transformer' ? 'Vision transformer' : 'Compact convolutional encoder'
