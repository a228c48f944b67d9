import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { type Shape, sizeOf, tensor } from '../../tensor/index.ts'
import { input, scalar, type Value } from '../value.ts'
import * as o from './index.ts'

const session = { threads: 1 }
const counting = (shape: Shape) =>
  tensor(
    'float32',
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
  )
const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })

/** A Value computed by onnxruntime, whose shape has to be the one that we declared. */
async function computed(y: Value, shape: Shape, name = 'x'): Promise<number[]> {
  const found = await evaluate({ y }, { [name]: counting(shape) }, session)
  expect(found.y.shape).toEqual(y.shape)
  expect(found.y.dtype).toBe(y.dtype)
  return Array.from(found.y.data, Number)
}

test('slice takes what ONNX says, forwards and backwards, beyond either end', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: -8, max: 8 }),
      fc.integer({ min: -8, max: 8 }),
      fc.constantFrom(1, 2, 3, -1, -2),
      async (size, start, end, step) => {
        const y = o.slice(input('x', [size]), [{ axis: 0, start, end, step }])
        fc.pre(sizeOf(y.shape) > 0)
        expect(await computed(y, [size])).toEqual(taken(size, start, end, step))
      },
    ),
    { numRuns: 150 },
  ))

test('slice declares as many elements as it takes, none where it takes none', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: -8, max: 8 }),
      fc.integer({ min: -8, max: 8 }),
      fc.constantFrom(1, 2, -1, -2),
      (size, start, end, step) => {
        const { shape } = o.slice(input('x', [size]), [{ axis: 0, start, end, step }])
        expect(shape).toEqual([taken(size, start, end, step).length])
      },
    ),
    { numRuns: 300 },
  ))

/** Which elements a slice takes by the definition in ONNX's operator reference. */
function taken(size: number, start: number, end: number, step: number): number[] {
  const clamp = (i: number, low: number, high: number) => Math.min(Math.max(i, low), high)
  const [from, to] = [start, end].map((i) => (i < 0 ? i + size : i)) as [number, number]
  const places: number[] = []
  if (step > 0) for (let i = clamp(from, 0, size); i < clamp(to, 0, size); i += step) places.push(i)
  else for (let i = clamp(from, 0, size - 1); i > clamp(to, -1, size - 1); i += step) places.push(i)
  return places
}

test('reductions by any axes, the empty list of which reduces nothing', () =>
  fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), fc.integer(), async (shape, keepAxes, seed) => {
      const rng = rngFromSeed(seed)
      const axes = [...shape.keys()].filter(() => rng.integer(2) === 0)
      const x = input('x', shape)
      const sum = await computed(o.mul(o.reduceSum(x, { axes, keepAxes }), 1), shape)
      const most = await computed(o.mul(o.reduceMax(x, { axes, keepAxes }), 1), shape)
      expect(sum.reduce((a, b) => a + b, 0)).toBe((sizeOf(shape) * (sizeOf(shape) - 1)) / 2)
      expect(Math.max(...most)).toBe(sizeOf(shape) - 1)
      if (axes.length === 0) expect(sum).toHaveLength(sizeOf(shape))
    }),
    { numRuns: 40 },
  ))

test('transposing twice, there and back, changes nothing', () =>
  fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async (shape, seed) => {
      const order = rngFromSeed(seed).shuffle([...shape.keys()])
      const there = o.transpose(input('x', shape), order)
      const back = o.transpose(
        there,
        order.map((_, i) => order.indexOf(i)),
      )
      await computed(there, shape)
      expect(await computed(back, shape)).toEqual([...counting(shape).data])
    }),
    { numRuns: 20 },
  ))

test('declared shapes of pads, pools, convolutions and their transposes are the computed ones', () =>
  fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const rng = rngFromSeed(seed)
      const some = (low: number, high: number) => low + rng.integer(high - low)
      const shape = [1, 2, some(4, 9), some(4, 9)]
      const x = input('x', shape)
      const w = o.cast(
        o.reshape(o.slice(o.reshape(x, [-1]), [{ axis: 0, start: 0, end: 18 }]), [1, 2, 3, 3]),
        'float32',
      )
      const pads = [some(0, 2), some(0, 2), some(0, 2), some(0, 2)] as const
      const strides = [some(1, 4), some(1, 4)] as const
      const y = o.conv(x, w, { pads, strides })
      for (const value of [
        y,
        o.convTranspose(y, w, { strides, outputPadding: [strides[0] - 1, 0] }),
        o.maxPool(x, [2, 3], { strides, pads }),
        o.pad(x, [0, 1, ...pads.slice(0, 2)], [1, 0, ...pads.slice(2)]),
        o.globalAveragePool(x),
        o.flatten(x),
      ])
        await computed(value, shape)
    }),
    { numRuns: 20 },
  ))

test('a number takes the dtype of the other operand', async () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = random(dtype, [3], rngFromSeed(1), [1, 2])
    const y = o.sub(2, o.mul(input('x', [3], dtype), 0.5))
    expect(y.dtype).toBe(dtype)
    const found = await evaluate({ y }, { x }, session)
    expect(found.y.data[0]).toBeCloseTo(2 - Number(x.data[0]) / 2, dtype === 'float32' ? 6 : 14)
  }
  for (const dtype of ['int32', 'int64'] as const)
    expect(o.add(input('x', [1], dtype), 1).dtype).toBe(dtype)
})

test('comparisons give bool, which and, not and where take', async () => {
  const x = input('x', [4])
  const inside = o.and(o.greater(x, 0), o.not(o.equal(x, 3)))
  expect(await computed(o.where(inside, x, -1), [4])).toEqual([-1, 1, 2, -1])
})

const [m23, m45, v3] = [input('a', [2, 3]), input('b', [4, 5]), input('c', [3])]
const mistakes: [string, () => Value, RegExp][] = [
  [
    'shapes',
    () => o.add(m23, m45),
    /Add: shapes \[2, 3\] and \[4, 5\] do not broadcast \(axis 0\)/,
  ],
  [
    'dtypes',
    () => o.add(v3, input('d', [3], 'float64')),
    /dtypes float32 and float64 differ; cast one/,
  ],
  ['matrices', () => o.matmul(m23, m45), /MatMul: cannot multiply \[2, 3\] by \[4, 5\]/],
  ['vectors', () => o.matmul(m23, v3), /MatMul/],
  [
    'gemm',
    () => o.gemm(m23, m45, { transposeB: true }),
    /Gemm: cannot multiply \[2, 3\] by \[4, 5\]ᵀ/,
  ],
  ['reshape', () => o.reshape(m23, [4, -1]), /Reshape: \[2, 3\] does not fit/],
  ['triangle', () => o.trilu(v3, { upper: true }), /Trilu: the input has shape \[3\]/],
  ['transpose', () => o.transpose(m23, [0, 0]), /Transpose: \[0, 0\] is no order/],
  [
    'concat',
    () => o.concat([m23, m45], 0),
    /Concat: \[4, 5\] does not line up with \[2, 3\] along axis 0/,
  ],
  [
    'blocks of channels',
    () => o.depthToSpace(input('x', [1, 6, 2, 2]), 2),
    /DepthToSpace: 6 channels cannot be laid in blocks of 2 × 2/,
  ],
  [
    'blocks of places',
    () => o.spaceToDepth(input('x', [1, 1, 3, 2]), 2),
    /SpaceToDepth: \[1, 1, 3, 2\] cannot be cut into blocks of 2 × 2/,
  ],
  ['places', () => o.spaceToDepth(m23, 2), /SpaceToDepth: \[2, 3\] must be \[N, C, H, W\]/],
  ['no values', () => o.concat([], 0), /at least one is needed/],
  ['axis', () => o.reduceSum(m23, { axes: [2] }), /ReduceSum: axis 2 is outside a shape of 2 axes/],
  [
    'slopes',
    () => o.pRelu(m23, input('slope', [4, 1, 1])),
    /PRelu: slopes \[4, 1, 1\] do not broadcast to \[2, 3\]/,
  ],
  [
    'slope dtypes',
    () => o.pRelu(m23, input('slope', [3], 'float64')),
    /dtypes float32 and float64/,
  ],
  [
    'channels',
    () => o.conv(input('x', [1, 3, 4, 4]), input('w', [2, 2, 3, 3])),
    /Conv: input \[1, 3, 4, 4\] and weight \[2, 2, 3, 3\]/,
  ],
  [
    'kernel',
    () => o.conv(input('x', [1, 2, 2, 2]), input('w', [2, 2, 4, 4])),
    /Conv: its output would have shape/,
  ],
  [
    'transposed',
    () => o.convTranspose(input('x', [1, 3, 4, 4]), input('w', [2, 2, 3, 3])),
    /ConvTranspose/,
  ],
]
test.each(mistakes)('%s that do not fit are refused with both shapes', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})

test('scalars broadcast with everything, axes of size 1 with any size', () => {
  expect(o.add(scalar(1), m23).shape).toEqual([2, 3])
  expect(o.broadcastShape('Add', [4, 1, 3], [5, 1])).toEqual([4, 5, 3])
  expect(o.broadcastShape('Add', [], [])).toEqual([])
})
