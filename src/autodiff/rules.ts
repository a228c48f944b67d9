import type { GradientRule } from '../onnx/index.ts'
import { activationRules } from './activation.ts'
import { convolutionRules } from './convolution.ts'
import { convolutionTransposeRules } from './convolution-transpose.ts'
import { depthSpaceRules } from './depth-space.ts'
import { elementwiseRules } from './elementwise.ts'
import { gruRules } from './gru.ts'
import { indexingRules } from './indexing.ts'
import { layerNormalizationRules } from './layer-normalization.ts'
import { lstmRules } from './lstm.ts'
import { matmulRules } from './matmul.ts'
import { normalizationRules } from './normalization.ts'
import { poolingRules } from './pooling.ts'
import { reductionRules } from './reduction.ts'
import { resizeRules } from './resize.ts'
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
  ...convolutionRules,
  ...convolutionTransposeRules,
  ...poolingRules,
  ...normalizationRules,
  ...layerNormalizationRules,
  ...softmaxRules,
  ...reductionRules,
  ...shapeRules,
  ...resizeRules,
  ...depthSpaceRules,
  ...slicingRules,
  ...indexingRules,
  ...lstmRules,
  ...gruRules,
}
