import { invalidInput } from '../core/index.ts'
import { type ImportedNetworkOptions, importNetwork, type Layer, type Mode } from '../nn/index.ts'
import {
  constant,
  gather,
  input,
  type ModelGraph,
  readModel,
  reduceMean,
  transpose,
  type Value,
} from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { chooseOutput, type OutputChoice, poolingOf } from './feature-output.ts'
import type { NetworkSource } from './picture-encoder.ts'
import { type Layout, pictureInputName } from './picture-input.ts'

/** A batch of square pictures. */
export interface PictureBatch {
  readonly batch: number
  /** Side of the pictures in pixels. */
  readonly size: number
}

/** How {@link importPictureNetwork} takes a network. */
export interface ImportPictureNetwork extends ImportedNetworkOptions {
  /** What it is to be ready for. */
  readonly batches: readonly PictureBatch[]
}

/** An encoder's network as a layer that can be trained, from pictures [N, 3, S, S] to [N, dimension]. */
export interface PictureNetwork extends Layer {
  readonly dimension: number
}

/**
 * Reads an encoder's network to be fine-tuned, up to the vector that the encoder takes (before it is
 * brought to unit length). Where its file fixes the size of pictures, others are tried: what has no
 * layer that depends on the size takes them.
 * @throws InvalidInput when it takes no pictures of a size that is asked for, or its output is no
 *   vector; UnsupportedOp when it has something that cannot be trained
 */
export async function importPictureNetwork(
  source: NetworkSource,
  { batches, ...options }: ImportPictureNetwork,
): Promise<PictureNetwork> {
  const { name, place = name, model, layout = 'NCHW' } = source
  const graph = await readModel(model)
  const fed = pictureInputName(
    place,
    graph.inputs.map((one) => one.name),
  )
  const output = chooseOutput(
    place,
    graph.outputs.map((one) => one.name),
    source,
  )
  const shapes = batches.map((one) => ({ [fed]: shapeOf(one, layout) }))
  const network = await importNetwork(ofAnySize(graph), {
    ...options,
    inputs: shapes[0]!,
    output,
  }).catch((cause: unknown) => refuse(cause, batches[0]!))
  for (const [i, shape] of shapes.entries())
    if (i > 0) await network.measure(shape).catch((cause: unknown) => refuse(cause, batches[i]!))
  const apply = (pictures: Value, mode: Mode): Value => {
    const x = layout === 'NHWC' ? transpose(pictures, [0, 2, 3, 1]) : pictures
    return pooled(network.apply(x, mode), { ...source, place, output })
  }
  const [dimension, ...others] = batches.map(({ batch, size }) => {
    const pictures = input('pictures', [batch, 3, size, size])
    return apply(pictures, { kind: 'inference' }).shape[1]!
  })
  if (others.some((other) => other !== dimension))
    throw invalidInput(
      `${place}: gives vectors of ${[...new Set([dimension, ...others])].join(' and ')} values for pictures of different sizes; train at the size it was made for`,
    )
  const layer = { dimension: dimension!, network, apply }
  return layer

  function refuse(cause: unknown, { size }: PictureBatch): never {
    const [made] = graph.inputs.flatMap(
      ({ shape }) => shape?.filter((axis) => Number(axis) > 3) ?? [],
    )
    if (made === undefined || made === size) throw cause
    throw invalidInput(
      `${place}: is made for pictures of ${made} x ${made} and does not take ${size} x ${size}; give every phase, crop and servedSize of the recipe its size`,
      { cause },
    )
  }
}

const shapeOf = ({ batch, size }: PictureBatch, layout: Layout): number[] =>
  layout === 'NHWC' ? [batch, size, size, 3] : [batch, 3, size, size]

/** The graph with no axis of its input fixed; whether it takes a size is seen when it is measured. */
function ofAnySize(graph: ModelGraph): ModelGraph {
  const inputs = graph.inputs.map((one) => ({
    ...one,
    shape: one.shape?.map((axis, i) => (typeof axis === 'string' ? axis : `axis${i}`)) ?? null,
  }))
  return { ...graph, inputs }
}

/** The vectors of features, as {@link poolingOf} says: [N, D]. */
function pooled(
  features: Value,
  choice: OutputChoice & { readonly place: string; readonly output: string },
): Value {
  const { dtype, shape } = features
  const pooling = poolingOf({ ...choice, dtype, shape })
  if (pooling === 'none') return features
  if (pooling === 'first')
    return gather(features, constant(tensor('int64', [], BigInt64Array.of(0n))), 1)
  return reduceMean(features, { axes: pooling === 'tokens' ? [1] : [2, 3] })
}
