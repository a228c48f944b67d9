import {
  abs,
  add,
  averagePool,
  div,
  maxPool,
  mul,
  pRelu,
  reciprocal,
  reduceMean,
  reduceSum,
  sqrt,
  sub,
} from '../operators/index.ts'
import { activations } from './activations.ts'
import {
  convertConcat,
  convertExpandDims,
  convertGatherNd,
  convertPack,
  convertReshape,
  convertShape,
  convertSqueeze,
  convertUnpack,
} from './arrangement.ts'
import type { Convert } from './call.ts'
import { convertConvolution, convertDepthwise } from './convolution.ts'
import {
  convertBiasAdd,
  convertBinary,
  convertCast,
  convertIdentity,
  convertLeakyRelu,
  convertUnary,
  floorDiv,
  squaredDifference,
} from './elementwise.ts'
import { greaterOf, lesser } from './limits.ts'
import { convertMatrixProduct } from './matrix-product.ts'
import { convertArgMax, convertReduction, convertSoftmax } from './reduction.ts'
import { convertDepthToSpace, convertPad, convertPool, convertResize } from './spatial.ts'
import { convertStridedSlice } from './strided-slice.ts'

/** What is read, by the names of TensorFlow. Const and Placeholder are the leaves of a graph. */
export const converters: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ...[...activations].map(([op, apply]): [string, Convert] => [op, convertUnary(apply)]),
  ['_FusedConv2D', convertConvolution],
  ['_FusedMatMul', convertMatrixProduct],
  ['Abs', convertUnary(abs)],
  ['Add', convertBinary(add)],
  ['AddV2', convertBinary(add)],
  ['ArgMax', convertArgMax],
  ['AvgPool', convertPool(averagePool)],
  ['BiasAdd', convertBiasAdd],
  ['Cast', convertCast],
  ['ConcatV2', convertConcat],
  ['Conv2D', convertConvolution],
  ['DepthToSpace', convertDepthToSpace],
  ['DepthwiseConv2dNative', convertDepthwise],
  ['ExpandDims', convertExpandDims],
  ['FloorDiv', convertBinary(floorDiv)],
  ['FusedDepthwiseConv2dNative', convertDepthwise],
  ['GatherNd', convertGatherNd],
  ['Identity', convertIdentity],
  ['LeakyRelu', convertLeakyRelu],
  ['MatMul', convertMatrixProduct],
  ['MaxPool', convertPool(maxPool)],
  ['Maximum', convertBinary(greaterOf)],
  ['Mean', convertReduction(reduceMean)],
  ['Minimum', convertBinary(lesser)],
  ['Mul', convertBinary(mul)],
  ['Pack', convertPack],
  ['Pad', convertPad],
  ['Prelu', convertBinary(pRelu)],
  ['RealDiv', convertBinary(div)],
  ['Reshape', convertReshape],
  ['ResizeBilinear', convertResize],
  ['Rsqrt', convertUnary((x) => reciprocal(sqrt(x)))],
  ['Shape', convertShape],
  ['Softmax', convertSoftmax],
  ['Sqrt', convertUnary(sqrt)],
  ['Square', convertUnary((x) => mul(x, x))],
  ['SquaredDifference', convertBinary(squaredDifference)],
  ['Squeeze', convertSqueeze],
  ['StridedSlice', convertStridedSlice],
  ['Sub', convertBinary(sub)],
  ['Sum', convertReduction(reduceSum)],
  ['Unpack', convertUnpack],
])
