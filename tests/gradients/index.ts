import { activation } from './activation.ts'
import type { Family } from './case.ts'
import { convolution } from './convolution.ts'
import { convolutionTranspose } from './convolution-transpose.ts'
import { depthSpace } from './depth-space.ts'
import { elementwise } from './elementwise.ts'
import { gelu } from './gelu.ts'
import { indexing } from './indexing.ts'
import { layerNormalization } from './layer-normalization.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import { pooling } from './pooling.ts'
import { recurrent } from './recurrent.ts'
import { reduction } from './reduction.ts'
import { resize } from './resize.ts'
import { shape } from './shape.ts'
import { slicing } from './slicing.ts'
import { softmax } from './softmax.ts'
import { trigonometric } from './trigonometric.ts'

/** What proves the gradient rules, by family: each has a script and values in tests/golden/operators. For tests only. */
export const families: Readonly<Record<string, Family>> = {
  activation,
  convolution,
  'convolution-transpose': convolutionTranspose,
  'depth-space': depthSpace,
  elementwise,
  gelu,
  indexing,
  'layer-normalization': layerNormalization,
  matmul,
  normalization,
  pooling,
  recurrent,
  reduction,
  resize,
  shape,
  slicing,
  softmax,
  trigonometric,
}
