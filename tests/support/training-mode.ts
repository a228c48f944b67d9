import { rngFromSeed } from '../../src/core/index.ts'
import type { Training } from '../../src/nn/index.ts'
import { scalar } from '../../src/onnx/index.ts'

/** The training mode of one graph, at step 1 unless it says otherwise. For tests only. */
export const trainingMode = (
  given: Partial<Pick<Training, 'updates' | 'step' | 'rng'>> = {},
): Training => ({ kind: 'training', updates: [], step: scalar(1), rng: rngFromSeed(1), ...given })
