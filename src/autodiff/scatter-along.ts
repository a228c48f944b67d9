import {
  add,
  concat,
  contentOf,
  expand,
  gather,
  integers,
  like,
  pad,
  reshape,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf } from '../tensor/index.ts'
import { scatterRows } from './scatter-rows.ts'

/** Slices of an axis that are to be added up, and where. */
export interface Slices {
  /** [..., I..., ...] */
  readonly slices: Value
  /** [I...] places on the axis, which may repeat; negative ones count from the end. */
  readonly places: Value
  readonly axis: number
  /** [..., V, ...] */
  readonly shape: Shape
}

/** Up to so many slices for one place it is faster to look them up than to scatter them. */
const mostLookups = 4

/**
 * Slices added to zeros at the places that indices name, those of one place together.
 * [..., I..., ...] → [..., V, ...]
 *
 * Where the places are known, the slices for each of them are looked up: ten times faster than a
 * scatter. Where they follow one another, there are only zeros to be put around.
 */
export function scatterAlong({ slices, places, axis, shape }: Slices): Value {
  const [lead, count, size] = [shape.slice(0, axis), sizeOf(places.shape), shape[axis]!]
  const rest = shape.slice(axis + 1)
  if (count === 0) return expand(like(0, slices), shape)
  const known = Array.from<number | bigint, number>(contentOf(places) ?? [], Number)
  const found = known.map((place) => (place < 0 ? place + size : place))
  if (found.length > 0 && found.every((place) => place >= 0 && place < size)) {
    const row = reshape(slices, [...lead, count, ...rest])
    const from = found[0]!
    if (found.every((place, i) => place === from + i)) return surrounded(row, axis, { from, size })
    const uses = usesOf(found, size)
    if (uses.every((list) => list.length <= mostLookups)) return lookedUp(row, axis, uses)
  }
  return scatterRows({
    rows: reshape(slices, [sizeOf(lead), count, sizeOf(rest)]),
    places: reshape(places, [1, count, 1]),
    shape,
    size,
  })
}

function surrounded(
  row: Value,
  axis: number,
  { from, size }: { from: number; size: number },
): Value {
  const around = (length: number): number[] => row.shape.map((_, i) => (i === axis ? length : 0))
  return pad(row, around(from), around(size - from - row.shape[axis]!))
}

/** For each place the slices that go there. */
function usesOf(places: readonly number[], size: number): number[][] {
  const uses = Array.from({ length: size }, (): number[] => [])
  places.forEach((place, i) => {
    uses[place]!.push(i)
  })
  return uses
}

/** The first slice of each place, plus the second, and so on; one of zeros where there is none. */
function lookedUp(row: Value, axis: number, uses: readonly number[][]): Value {
  const count = row.shape[axis]!
  const none = expand(
    like(0, row),
    row.shape.map((size, i) => (i === axis ? 1 : size)),
  )
  const most = longest(uses)
  const all = uses.every((list) => list.length === most) ? row : concat([row, none], axis)
  return Array.from({ length: most }, (_, k) =>
    gather(all, integers(uses.map((list) => list[k] ?? count)), axis),
  ).reduce(add)
}

/** The length of the longest of lists, of which there may be more than a call has arguments. */
export const longest = (lists: readonly (readonly unknown[])[]): number =>
  lists.reduce((most, { length }) => Math.max(most, length), 0)
