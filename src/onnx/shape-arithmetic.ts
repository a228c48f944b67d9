import type { ModelGraph } from './model-graph.ts'

/** Operators that say something of their input that its content does not change. */
const ofShapeAlone: ReadonlySet<string> = new Set(['Shape', 'Size'])
/** Operators that give something else at every run. */
const random = /^(Random(Normal|Uniform)(Like)?|Bernoulli|Multinomial|Dropout)$/

/**
 * The names of all that has the same content at every run with inputs of the same shapes: stored content
 * that is not learned, and what is computed from it and from shapes alone. Exporters write much
 * of that: the sizes for a Reshape, ranges, masks.
 *
 * @param learned names of stored content that changes
 */
export function fixedByShapes(
  { nodes, initializers }: ModelGraph,
  learned: ReadonlySet<string>,
): ReadonlySet<string> {
  const fixed = new Set(initializers.keys())
  for (const name of learned) fixed.delete(name)
  for (const { op, domain, inputs, outputs } of nodes) {
    const alone = domain === '' && ofShapeAlone.has(op)
    const follows = inputs.every((name) => name === '' || fixed.has(name)) && !random.test(op)
    if (alone || follows) for (const name of outputs) fixed.add(name)
  }
  fixed.delete('')
  return fixed
}

/** Inputs whose content decides how large an output is. */
const decisive: Readonly<Record<string, readonly number[]>> = {
  NonZero: [0],
  Unique: [0],
  Compress: [1],
  NonMaxSuppression: [0, 1],
  Range: [0, 1, 2],
  ConstantOfShape: [0],
  Reshape: [1],
  Expand: [1],
  Tile: [1],
}

/** Which inputs of an operator decide by their content how large its output is. */
export const decidesShape = (op: string): readonly number[] => decisive[op] ?? []
