export { BatchNorm, type BatchNormOptions } from './batch-norm.ts'
export { Bottleneck } from './bottleneck.ts'
export { CompactConvNet, type CompactConvNetOptions } from './compact-conv-net.ts'
export { Conv, type ConvLayerOptions } from './conv.ts'
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
export { countParameters, type Layer, type Mode, parametersOf } from './layer.ts'
export { Linear, type LinearOptions } from './linear.ts'
export { Mlp, type MlpOptions } from './mlp.ts'
export { ResNet, type ResNetOptions, resNetSizes } from './res-net.ts'
export { type BlockOptions, ResidualBlock } from './residual-block.ts'
export { SiameseNet, type SiameseNetOptions } from './siamese-net.ts'
export { unitLength } from './unit-length.ts'
