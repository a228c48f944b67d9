export { causalBias, paddingBias } from './attention-bias.ts'
export { AttributeNet, type AttributeNetOptions } from './attribute-net.ts'
export { BatchNorm, type BatchNormOptions } from './batch-norm.ts'
export { Bottleneck } from './bottleneck.ts'
export { CompactConvNet, type CompactConvNetOptions } from './compact-conv-net.ts'
export { Conv, type ConvLayerOptions } from './conv.ts'
export { DinoHead, type DinoHeadOptions } from './dino-head.ts'
export { Dropout, type DropoutOptions } from './dropout.ts'
export { Embedding, type EmbeddingOptions } from './embedding.ts'
export { Gru, type GruInputs } from './gru.ts'
export { type ImportOptions, importNetwork } from './import-network.ts'
export { ImportedNetwork, type ImportedNetworkOptions } from './imported-network.ts'
export {
  type Fan,
  full,
  glorotUniform,
  heNormal,
  heUniform,
  type Initialize,
  normal,
  truncatedNormal,
  uniformByInputs,
} from './initialize.ts'
export { countParameters, type Layer, type Mode, parametersOf, type Training } from './layer.ts'
export { LayerNorm, type LayerNormOptions } from './layer-norm.ts'
export { Linear, type LinearOptions } from './linear.ts'
export { Lstm, type LstmInputs } from './lstm.ts'
export { Mlp, type MlpOptions } from './mlp.ts'
export {
  type AttentionInputs,
  type AttentionOptions,
  MultiHeadAttention,
} from './multi-head-attention.ts'
export type { RecurrentNetworkOptions } from './recurrent-layers.ts'
export { RecurrentWeights } from './recurrent-weights.ts'
export { Rematerialized } from './rematerialized.ts'
export { ResNet, type ResNetOptions, resNetSizes } from './res-net.ts'
export { type BlockOptions, ResidualBlock } from './residual-block.ts'
export { SiameseNet, type SiameseNetOptions } from './siamese-net.ts'
export { TextCnn, type TextCnnOptions } from './text-cnn.ts'
export type { Trainable } from './trainable.ts'
export {
  type BlockInputs,
  TransformerBlock,
  type TransformerBlockOptions,
} from './transformer-block.ts'
export {
  type TextInputs,
  TransformerEncoder,
  type TransformerEncoderOptions,
} from './transformer-encoder.ts'
export { unitLength } from './unit-length.ts'
export {
  VisionTransformer,
  type VisionTransformerOptions,
  visionTransformerSizes,
} from './vision-transformer.ts'
export { WeightNormLinear } from './weight-norm-linear.ts'
