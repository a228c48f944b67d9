import { invalidInput } from '../core/index.ts'
import type { NamedTensors } from '../runtime/index.ts'
import type { Tensor } from '../tensor/index.ts'

/**
 * How features become one vector a picture or text: `none` takes [N, D] as it is; `cls` the first
 * of the tokens [N, L, D]; `mean` their mean, or that of all places of [N, C, H, W].
 */
export const poolings = ['none', 'cls', 'mean'] as const
/** One of {@link poolings}. */
export type Pooling = (typeof poolings)[number]

/** Which output of a network is the vector. */
export interface OutputChoice {
  /** Name of the output; default: the first of {@link usualOutputs} there is, or the only one. */
  readonly output?: string | undefined
  readonly pooling?: Pooling | undefined
  /** Pooling of tokens [N, L, D] where none is given; default: they are refused. */
  readonly tokenPooling?: Pooling | undefined
}

/** Names under which exported networks give the vector that is meant for comparing, best first. */
const usualOutputs = ['image_embeds', 'text_embeds', 'pooler_output', 'vectors', 'features']

/**
 * The output that is the vector.
 * @throws InvalidInput when there is none of that name, or several and no name was given
 */
export function chooseOutput(
  place: string,
  outputNames: readonly string[],
  { output }: OutputChoice,
): string {
  if (output !== undefined) {
    if (outputNames.includes(output)) return output
    throw invalidInput(
      `${place}: has no output "${output}", it has ${outputNames.join(', ')}; name one with --output`,
    )
  }
  const usual = usualOutputs.find((name) => outputNames.includes(name))
  if (usual !== undefined) return usual
  if (outputNames.length === 1) return outputNames[0]!
  throw invalidInput(
    `${place}: has the outputs ${outputNames.join(', ')}; say which is the vector with --output`,
  )
}

/** Features, and how they are to become vectors. */
export interface PoolingChoice extends OutputChoice {
  readonly place: string
  readonly output: string
  readonly dtype: string
  readonly shape: readonly number[]
}

/**
 * What makes one vector a picture or text of features: nothing, their first token, or the mean of
 * their tokens or places.
 * @throws InvalidInput when the features have a shape that the pooling cannot take
 */
export function poolingOf(features: PoolingChoice): 'none' | 'first' | 'tokens' | 'places' {
  const { place, output, dtype, shape } = features
  const axes = shape.length
  const pooling = features.pooling ?? (axes === 3 ? features.tokenPooling : undefined)
  const refuse = (wanted: string) =>
    invalidInput(
      `${place}: output "${output}" is ${dtype} [${shape.join(', ')}], wanted ${wanted}; choose with --output and --pooling`,
    )
  if (dtype !== 'float32') throw refuse('float32')
  if (axes === 2) {
    if (pooling === undefined || pooling === 'none') return 'none'
    throw refuse(`tokens [N, L, D] for pooling "${pooling}"`)
  }
  if (axes === 3 && pooling === 'cls') return 'first'
  if (axes === 3 && pooling === 'mean') return 'tokens'
  if (axes === 4 && pooling === 'mean') return 'places'
  if (axes === 3) throw refuse('[N, D]; of tokens take --pooling cls or mean')
  if (axes === 4) throw refuse('[N, D]; of a map of features take --pooling mean')
  throw refuse('[N, D], tokens [N, L, D] or a map [N, C, H, W]; it is no encoder')
}

/** What {@link pooledRows} pools. */
export interface Features extends OutputChoice {
  readonly place: string
  readonly results: NamedTensors
  readonly output: string
  /** [N, L] 1 for tokens that count, 0 for padding; default: all count */
  readonly mask?: Float32Array | undefined
}

/**
 * One row a picture or text.
 * @returns rows [N, D] and D
 * @throws as {@link poolingOf}
 */
export function pooledRows({ results, mask, ...choice }: Features): {
  readonly rows: Float32Array
  readonly dimension: number
} {
  const { dtype, shape, data: values } = results[choice.output] as Tensor
  const pooling = poolingOf({ ...choice, dtype, shape })
  const data = values as Float32Array
  const [count = 0, second = 0, third = 0] = shape
  if (pooling === 'none') return { rows: data, dimension: second }
  if (pooling === 'places') return { rows: meanOfPlaces(data, shape), dimension: second }
  if (pooling === 'tokens') return { rows: meanOfTokens(data, shape, mask), dimension: third }
  const rows = new Float32Array(count * third)
  for (let i = 0; i < count; i++)
    rows.set(data.subarray(i * second * third, i * second * third + third), i * third)
  return { rows, dimension: third }
}

/** Σ_l m_l x_l / Σ_l m_l */
function meanOfTokens(
  data: Float32Array,
  [count = 0, length = 0, width = 0]: readonly number[],
  mask: Float32Array | undefined,
): Float32Array {
  const rows = new Float32Array(count * width)
  for (let i = 0; i < count; i++) {
    let weight = 0
    for (let l = 0; l < length; l++) {
      const counts = mask?.[i * length + l] ?? 1
      weight += counts
      if (counts === 0) continue
      for (let d = 0; d < width; d++) rows[i * width + d]! += data[(i * length + l) * width + d]!
    }
    for (let d = 0; d < width; d++) rows[i * width + d]! /= weight
  }
  return rows
}

function meanOfPlaces(
  data: Float32Array,
  [count = 0, channels = 0, height = 0, width = 0]: readonly number[],
): Float32Array {
  const plane = height * width
  return Float32Array.from({ length: count * channels }, (_, row) => {
    let sum = 0
    for (let p = 0; p < plane; p++) sum += data[row * plane + p]!
    return sum / plane
  })
}
