import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth, unary } from './case.ts'

/** Proof of the rules in src/autodiff/depth-space.ts. For tests only. */
export const depthSpace: Family = {
  cases: {
    DepthToSpace: [
      unary((x) => onnx.depthToSpace(x, 2), smooth(2, 8, 2, 3)),
      unary((x) => onnx.depthToSpace(x, 3, 'CRD'), smooth(1, 18, 1, 2)),
      unary((x) => onnx.depthToSpace(x, 1), smooth(1, 2, 1, 2)),
    ],
    SpaceToDepth: [unary((x) => onnx.spaceToDepth(x, 2), smooth(2, 3, 4, 6))],
  },
  golden: {
    'DepthToSpace CRD': ({ x }) => onnx.depthToSpace(x!, 2, 'CRD'),
    'DepthToSpace DCR': ({ x }) => onnx.depthToSpace(x!, 2),
    SpaceToDepth: ({ x }) => onnx.spaceToDepth(x!, 2),
  },
}
