import { rngFromSeed } from '../../src/core/index.ts'
import * as onnx from '../../src/onnx/index.ts'
import { random } from '../support/random-tensor.ts'
import { type Family, linear32 } from './case.ts'

const single = (...shape: number[]) => random('float32', shape, rngFromSeed(1))
const places = single(2, 4, 2, 3)
const of = (f: (x: onnx.Value) => onnx.Value, x = places) => ({
  at: { x },
  of: (values: Readonly<Record<string, onnx.Value>>) => f(values.x!),
  ...linear32,
})

/** Proof of the rules in src/autodiff/depth-to-space.ts. For tests only. */
export const depthToSpace: Family = {
  cases: {
    DepthToSpace: [
      of((x) => onnx.depthToSpace(x, 2)),
      of((x) => onnx.depthToSpace(x, 2, 'CRD')),
      of((x) => onnx.depthToSpace(x, 3, 'CRD'), single(1, 18, 2, 1)),
      of((x) => onnx.depthToSpace(x, 1)),
      // the mode that holds where none is named
      of((x) =>
        onnx.apply(
          'DepthToSpace',
          [x],
          { dtype: x.dtype, shape: [2, 1, 4, 6] },
          { blocksize: onnx.int(2) },
        ),
      ),
    ],
    SpaceToDepth: [
      of((x) => onnx.spaceToDepth(x, 2), single(2, 3, 4, 6)),
      of((x) => onnx.spaceToDepth(x, 3), single(1, 1, 3, 9)),
    ],
  },
  golden: {
    'DepthToSpace, DCR': ({ x }) => onnx.depthToSpace(x!, 2),
    'DepthToSpace, CRD': ({ x }) => onnx.depthToSpace(x!, 2, 'CRD'),
    SpaceToDepth: ({ x }) => onnx.spaceToDepth(x!, 2),
  },
}
