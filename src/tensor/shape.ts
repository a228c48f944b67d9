/** Sizes of the axes of an array, outermost first; [] is a scalar. */
export type Shape = readonly number[]

/** How many elements an array of this shape holds. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const axis of shape) size *= axis
  return size
}

/** Whether two shapes are equal axis by axis. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i])
}

/** `[2, 3, 4]`, as messages print a shape. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}
