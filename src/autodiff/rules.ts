import type { GradientRule } from '../onnx/index.ts'
import { activationRules } from './activation.ts'
import { convolutionRules } from './convolution.ts'
import { convolutionTransposeRules } from './convolution-transpose.ts'
import { depthToSpaceRules } from './depth-to-space.ts'
import { einsumRules } from './einsum.ts'
import { elementwiseRules } from './elementwise.ts'
import { groupNormalizationRules } from './group-normalization.ts'
import { gruRules } from './gru.ts'
import { indexingRules } from './indexing.ts'
import { layerNormalizationRules } from './layer-normalization.ts'
import { lstmRules } from './lstm.ts'
import { matmulRules } from './matmul.ts'
import { normalizationRules } from './normalization.ts'
import { plainNormalizationRules } from './plain-normalization.ts'
import { poolingRules } from './pooling.ts'
import { reductionRules } from './reduction.ts'
import { resizeRules } from './resize.ts'
import { rnnRules } from './rnn.ts'
import { shapeRules } from './shape.ts'
import { slicingRules } from './slicing.ts'
import { softmaxRules } from './softmax.ts'
import { trigonometricRules } from './trigonometric.ts'

/** The gradient rule of every differentiable operator, by its name: `Conv`, `com.microsoft.QuickGelu`. */
export const gradientRules: Readonly<Record<string, GradientRule>> = {
  ...elementwiseRules,
  ...trigonometricRules,
  ...activationRules,
  ...matmulRules,
  ...einsumRules,
  ...convolutionRules,
  ...convolutionTransposeRules,
  ...poolingRules,
  ...normalizationRules,
  ...groupNormalizationRules,
  ...layerNormalizationRules,
  ...plainNormalizationRules,
  ...softmaxRules,
  ...reductionRules,
  ...shapeRules,
  ...resizeRules,
  ...depthToSpaceRules,
  ...slicingRules,
  ...indexingRules,
  ...lstmRules,
  ...gruRules,
  ...rnnRules,
}
