import { activation } from './activation.ts'
import type { Family } from './case.ts'
import { convolution } from './convolution.ts'
import { elementwise } from './elementwise.ts'
import { groupNormalization } from './group-normalization.ts'
import { indexing } from './indexing.ts'
import { layerNormalization } from './layer-normalization.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import { plainNormalization } from './plain-normalization.ts'
import { pooling } from './pooling.ts'
import { reduction } from './reduction.ts'
import { shape } from './shape.ts'
import { slicing } from './slicing.ts'
import { softmax } from './softmax.ts'

/** What proves the gradient rules, by family: each has a script and values in tests/golden/operators. For tests only. */
export const families: Readonly<Record<string, Family>> = {
  activation,
  convolution,
  elementwise,
  'group-normalization': groupNormalization,
  indexing,
  'layer-normalization': layerNormalization,
  matmul,
  normalization,
  'plain-normalization': plainNormalization,
  pooling,
  reduction,
  shape,
  slicing,
  softmax,
}
