import { concat, constant, matmul, mul, reshape, type Value } from '../onnx/index.ts'
import { allocate, type DType, type Shape, sizeOf } from '../tensor/index.ts'
import { longest, scatterAlong } from './scatter-along.ts'

/** A share that a place has in something. */
export interface Share {
  readonly place: number
  readonly weight: number
}

/** For each of the new places of an axis the shares that old ones have in it. */
export type Mixture = readonly (readonly Share[])[]

/** Up to this many weights (16 MB) a matrix is faster than adding share by share. */
const largestMatrix = 2 ** 22

/**
 * The gradient of mixtures along axes, one for each axis or undefined where it stays as it is: every old place
 * gets its shares of the gradients of the new ones, dx = Mᵀ dy axis by axis.
 *
 * @param shape of what was mixed
 */
export function unmixed(
  dy: Value,
  shape: Shape,
  mixtures: readonly (Mixture | undefined)[],
): Value {
  // the first axes first: with long rows behind them the products are faster
  return mixtures.reduce(
    (dx: Value, mixture, axis) =>
      mixture === undefined ? dx : unmixedAlong(dx, { axis, places: shape[axis]!, mixture }),
    dy,
  )
}

interface Along {
  readonly axis: number
  readonly places: number
  readonly mixture: Mixture
}

function unmixedAlong(dy: Value, along: Along): Value {
  const { axis, places, mixture } = along
  const shape = dy.shape.map((size, i) => (i === axis ? places : size))
  if (places * mixture.length > largestMatrix) return scattered(dy, shape, along)
  const before = sizeOf(shape.slice(0, axis))
  const behind = sizeOf(shape.slice(axis + 1))
  const rows = Array.from({ length: mixture.length }, () => new Array<number>(places).fill(0))
  mixture.forEach((shares, i) => {
    for (const { place, weight } of shares) rows[i]![place]! += weight
  })
  const product =
    behind > 1
      ? matmul(matrix(transposed(rows), dy.dtype), reshape(dy, [before, mixture.length, behind]))
      : matmul(reshape(dy, [before, mixture.length]), matrix(rows, dy.dtype))
  return reshape(product, shape)
}

/** Share by share, for axes so long that a matrix would be nearly all zeros. */
function scattered(dy: Value, shape: Shape, { axis, mixture }: Along): Value {
  const most = longest(mixture)
  const column = dy.shape.map((size, i) => (i === axis ? size : 1))
  const shares = Array.from({ length: most }, (_, i) =>
    mixture.map((of) => of[i] ?? { place: 0, weight: 0 }),
  )
  const slices = shares.map((of) =>
    mul(dy, reshape(matrix([of.map(({ weight }) => weight)], dy.dtype), column)),
  )
  const places = BigInt64Array.from(shares.flat(), ({ place }) => BigInt(place))
  return scatterAlong({
    slices: concat(slices, axis),
    places: constant({ dtype: 'int64', shape: [places.length], data: places }),
    axis,
    shape,
  })
}

/** A matrix, row by row, as a constant. */
export function matrix(rows: readonly (readonly number[])[], dtype: DType): Value {
  const shape = [rows.length, rows[0]!.length]
  const data = allocate(dtype, sizeOf(shape)) as Float32Array
  rows.forEach((row, i) => {
    data.set(row, i * row.length)
  })
  return constant({ dtype, shape, data })
}

/** The transpose of a matrix. */
export const transposed = (rows: readonly (readonly number[])[]): number[][] =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!))
