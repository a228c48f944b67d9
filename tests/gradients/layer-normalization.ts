import * as onnx from '../../src/onnx/index.ts'
import { type Case, type Family, other, positive, smooth, type Values } from './case.ts'

const affine =
  (options: { readonly axis?: number; readonly epsilon?: number } = {}) =>
  ({ x, scale, shift }: Values) =>
    onnx.layerNormalization(x!, {
      scale: scale!,
      ...(shift === undefined ? {} : { shift }),
      ...options,
    })

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
  },
  golden: {
    LayerNormalization: affine(),
    'LayerNormalization of two axes': affine({ axis: 1, epsilon: 0.1 }),
  },
}
