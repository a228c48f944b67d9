import { activation } from './activation.ts'
import type { Family } from './case.ts'
import { convolution } from './convolution.ts'
import { convolutionTranspose } from './convolution-transpose.ts'
import { depthToSpace } from './depth-to-space.ts'
import { einsum } from './einsum.ts'
import { elementwise } from './elementwise.ts'
import { gelu } from './gelu.ts'
import { groupNormalization } from './group-normalization.ts'
import { indexing } from './indexing.ts'
import { layerNormalization } from './layer-normalization.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import { plainNormalization } from './plain-normalization.ts'
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
  'depth-to-space': depthToSpace,
  einsum,
  elementwise,
  'group-normalization': groupNormalization,
  gelu,
  indexing,
  'layer-normalization': layerNormalization,
  matmul,
  normalization,
  'plain-normalization': plainNormalization,
  pooling,
  recurrent,
  reduction,
  resize,
  shape,
  slicing,
  softmax,
  trigonometric,
}
