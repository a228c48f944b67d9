import type { FileSettings } from '../../encoders/index.ts'
import type { CompactConvNetOptions, VisionTransformerOptions } from '../../nn/index.ts'

/** A network that begins with random weights: a compact convolutional one where nothing else is said. */
export type RandomBackbone =
  | ({ readonly kind?: 'compact' } & CompactConvNetOptions)
  | ({ readonly kind: 'vision-transformer' } & Omit<VisionTransformerOptions, 'classes'>)

/** The network of a recipe. */
export type BackboneOptions = RandomBackbone | ImportedBackbone

/** A network from elsewhere that is fine-tuned. */
export interface ImportedBackbone {
  readonly kind: 'imported'
  /**
   * As `--model` names it: `file:path/model.onnx`, `hf:owner/name`, `npm:package@version/path`, a model
   * folder or a shipped model. May be left out where the command line says it.
   */
  readonly model?: string
  /** How its pictures are made ready and which output is the vector, as far as its files do not say. */
  readonly settings?: FileSettings
  /** Which of its weights learn: all (default), none, or those of its last layers. */
  readonly trainable?: 'all' | 'none' | { readonly lastLayers: number }
  /** Whether BatchNormalization goes by the statistics of the batch (default), or by those it came with. */
  readonly batchNormalization?: 'batch' | 'running'
  /** Its learning rate as a share of the recipe's, which what is new on top of it gets; default 1. */
  readonly rate?: number
  /** Values of a vector, by a new linear layer on top; default: as many as it gives. */
  readonly dimension?: number
}
