import * as onnx from '../../src/onnx/index.ts'
import {
  type Case,
  curved32,
  type Family,
  other,
  positive,
  single,
  smooth,
  type Values,
} from './case.ts'

const affine =
  (options: { readonly axis?: number; readonly epsilon?: number } = {}) =>
  ({ x, scale, shift }: Values) =>
    onnx.layerNormalization(x!, {
      scale: scale!,
      ...(shift === undefined ? {} : { shift }),
      ...options,
    })

const scaled =
  (options: { readonly axis?: number; readonly epsilon?: number } = {}) =>
  ({ x, scale }: Values) =>
    onnx.rmsNormalization(x!, { scale: scale!, ...options })

/** The sum that is normalised is given out too, and both are used. */
const skipped = (op: string, names: readonly string[]) => (values: Values) => {
  const { x, skip } = values
  const statistic = { dtype: 'float32', shape: [...x!.shape.slice(0, -1), 1] } as const
  const [y, , , sum] = onnx.compute({
    op,
    domain: 'com.microsoft',
    inputs: [x!, skip!, ...names.map((name) => values[name]!)],
    attributes: { epsilon: onnx.float(0.01) },
    outputs: [x!, statistic, statistic, x!],
  })
  return onnx.add(onnx.mul(y!, 2), sum!)
}

/** The kernel gives the deviation in float32 alone. */
const within = (one: Case): Case => ({ ...one, tolerance: 1e-6 })

/** Proof of the rules in src/autodiff/layer-normalization.ts. For tests only. */
export const layerNormalization: Family = {
  cases: {
    LayerNormalization: [
      within({ at: { x: smooth(3, 4), scale: positive(4), shift: smooth(4) }, of: affine() }),
      within({ at: { x: smooth(2, 3, 4), scale: smooth(4) }, of: affine({ epsilon: 0.1 }) }),
      within({
        at: { x: smooth(2, 3, 4), scale: other(3, 4), shift: smooth(3, 4) },
        of: affine({ axis: 1 }),
      }),
      within({
        at: { x: smooth(2, 3), scale: other(2, 3), shift: smooth(2, 3) },
        of: affine({ axis: -2 }),
      }),
      within({ at: { x: smooth(5), scale: smooth(5), shift: smooth(5) }, of: affine() }),
      within({
        at: { x: smooth(2, 4), scale: smooth(4) },
        of: ({ x, scale }) => onnx.apply('LayerNormalization', [x!, scale!], x!),
      }),
    ],
    SimplifiedLayerNormalization: [
      within({ at: { x: smooth(3, 4), scale: positive(4) }, of: scaled() }),
      within({ at: { x: smooth(2, 3, 2), scale: other(3, 2) }, of: scaled({ axis: 1 }) }),
    ],
    'com.microsoft.SkipLayerNormalization': [
      {
        at: { x: single(2, 2, 3), skip: single(2, 3), scale: single(3) },
        of: skipped('SkipLayerNormalization', ['scale']),
        ...curved32,
      },
      {
        at: {
          x: single(2, 2, 3),
          skip: single(2, 2, 3),
          scale: single(3),
          shift: single(3),
          bias: single(3),
        },
        of: skipped('SkipLayerNormalization', ['scale', 'shift', 'bias']),
        ...curved32,
      },
    ],
    'com.microsoft.SkipSimplifiedLayerNormalization': [
      {
        at: { x: single(2, 2, 3), skip: single(1, 2, 3), scale: single(3), bias: single(3) },
        of: skipped('SkipSimplifiedLayerNormalization', ['scale', 'bias']),
        ...curved32,
      },
    ],
  },
  golden: {
    LayerNormalization: affine(),
    'LayerNormalization of two axes': affine({ axis: 1, epsilon: 0.1 }),
    SimplifiedLayerNormalization: scaled({ epsilon: 0.01 }),
    'com.microsoft.SkipLayerNormalization': skipped('SkipLayerNormalization', [
      'scale',
      'shift',
      'bias',
    ]),
    'com.microsoft.SkipSimplifiedLayerNormalization': skipped('SkipSimplifiedLayerNormalization', [
      'scale',
    ]),
  },
}
