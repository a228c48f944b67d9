import { invalidInput, type Rng } from '../core/index.ts'
import { concat, unsqueeze, type Value } from '../onnx/index.ts'
import type { Layer, Mode } from './layer.ts'
import { Mlp } from './mlp.ts'

/** Parts of an {@link AttributeNet}. */
export interface AttributeNetOptions {
  /** Turns pictures into features, [N, 3, H, W] → [N, dimension]. */
  readonly backbone: Layer
  /** Values of the backbone's features. */
  readonly dimension: number
  /** How many attributes there are, K. */
  readonly attributes: number
  /** Values of each hidden layer of a head. */
  readonly hidden: readonly number[]
  /** Values of an attribute's vector, D. */
  readonly outputs: number
}

/**
 * A backbone with one multi-layer head an attribute, each of which says where in the space of texts
 * the attribute's value lies. Retrieval compares the backbone's features; the heads only teach it.
 * [N, 3, H, W] → [N, K, D].
 * @see Ahemad et al. 2024, section 2.1
 */
export class AttributeNet implements Layer {
  readonly backbone: Layer
  readonly heads: readonly Mlp[]

  /** @throws InvalidInput when there is no attribute */
  constructor(options: AttributeNetOptions, rng: Rng) {
    const { backbone, dimension, attributes, hidden, outputs } = options
    if (attributes < 1)
      throw invalidInput(`AttributeNet: there are ${attributes} attributes, one is needed at least`)
    this.backbone = backbone
    const widths = [dimension, ...hidden, outputs]
    this.heads = Array.from({ length: attributes }, () => new Mlp({ widths }, rng))
  }

  apply(x: Value, mode: Mode): Value {
    const features = this.backbone.apply(x, mode)
    return concat(
      this.heads.map((head) => unsqueeze(head.apply(features), [1])),
      1,
    )
  }
}
