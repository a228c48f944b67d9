import { invalidInput } from '../core/index.ts'
import type { GraphValue, KnownValues, ModelGraph } from '../onnx/index.ts'
import { measureShapes } from '../runtime/index.ts'
import { allocate, formatShape, type Shape, sizeOf, type Tensor } from '../tensor/index.ts'

/** Sizes of the inputs of a model by their names. */
export type InputShapes = Readonly<Record<string, Shape>>

/**
 * What everything in a graph is for inputs of these sizes, whose content is all zeros.
 *
 * @param shapes those of inputs whose axes are all fixed in the file may be left out
 * @throws InvalidInput when a size is missing or is not one that the file allows
 */
export function measureFor(graph: ModelGraph, shapes: InputShapes): Promise<KnownValues> {
  const feeds = graph.inputs.map((described): [string, Tensor] => {
    const { name, dtype } = described
    const shape = shapeFor(described, shapes)
    return [name, { dtype, shape, data: allocate(dtype, sizeOf(shape)) }]
  })
  return measureShapes(graph, Object.fromEntries(feeds))
}

function shapeFor({ name, shape }: GraphValue, shapes: InputShapes): Shape {
  const wanted = shapes[name]
  const fixed = shape?.every((axis) => typeof axis === 'number') === true
  const file = shape === null ? 'any shape' : `[${shape.join(', ')}]`
  if (wanted === undefined) {
    if (fixed) return shape as Shape
    const given = Object.keys(shapes).map((other) => `"${other}"`)
    throw invalidInput(
      `importNetwork: nothing says how large its input "${name}" is (${file} in the file); ${given.length === 0 ? 'no sizes are' : `sizes are given for ${given.join(', ')}, not`} given for it: name it in \`inputs\``,
    )
  }
  const agrees = (axis: number, i: number): boolean =>
    typeof shape?.[i] !== 'number' || shape[i] === axis
  if ((shape !== null && shape.length !== wanted.length) || !wanted.every(agrees))
    throw invalidInput(
      `importNetwork: its input "${name}" is ${file} in the file, which does not go with ${formatShape(wanted)}; change the sizes in \`inputs\``,
    )
  return wanted
}
