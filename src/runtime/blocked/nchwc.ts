import { type Attributes, compute, type Value } from '../../onnx/index.ts'
import type { Shape } from '../../tensor/index.ts'

/** The domain of onnxruntime's own operators on blocked channels. */
export const nchwcDomain = 'com.microsoft.nchwc'

/** Applies an operator of that domain, which sees blocked Values under their shape [N, C, H, W]. */
export function nchwc(
  op: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes: Attributes = {},
): Value {
  const outputs = [{ dtype: 'float32' as const, shape }]
  return compute({ op, domain: nchwcDomain, inputs, attributes, outputs })[0]!
}
