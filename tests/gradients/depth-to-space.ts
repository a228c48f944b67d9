import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth, unary } from './case.ts'

const places = smooth(2, 4, 2, 3)

/** Proof of the rules in src/autodiff/depth-to-space.ts. For tests only. */
export const depthToSpace: Family = {
  cases: {
    DepthToSpace: [
      unary((x) => onnx.depthToSpace(x, 2), places),
      unary((x) => onnx.depthToSpace(x, 2, 'CRD'), places),
      unary((x) => onnx.depthToSpace(x, 3, 'CRD'), smooth(1, 18, 2, 1)),
      unary((x) => onnx.depthToSpace(x, 1), places),
      // the mode that holds where none is named
      unary(
        (x) =>
          onnx.apply(
            'DepthToSpace',
            [x],
            { dtype: x.dtype, shape: [2, 1, 4, 6] },
            { blocksize: onnx.int(2) },
          ),
        places,
      ),
    ],
    SpaceToDepth: [
      unary((x) => onnx.spaceToDepth(x, 2), smooth(2, 3, 4, 6)),
      unary((x) => onnx.spaceToDepth(x, 3), smooth(1, 1, 3, 9)),
    ],
  },
  golden: {
    'DepthToSpace, DCR': ({ x }) => onnx.depthToSpace(x!, 2),
    'DepthToSpace, CRD': ({ x }) => onnx.depthToSpace(x!, 2, 'CRD'),
    SpaceToDepth: ({ x }) => onnx.spaceToDepth(x!, 2),
  },
}
