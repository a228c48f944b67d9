import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DType, type Tensor, zeros } from '../../src/tensor/index.ts'

/** A node as it stands in a model.json. */
export interface StoredNode {
  name: string
  op: string
  input: string[]
  attr: Record<string, unknown>
}

/** A model.json, to be spoilt by tests. */
export interface StoredModel {
  format: string
  signature: { outputs: Record<string, { name: string }> }
  modelTopology: { node: StoredNode[] }
  weightsManifest: {
    paths: string[]
    weights: { name: string; shape: number[]; dtype: string; quantization?: object }[]
  }[]
}

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** A small graph model, and what TensorFlow.js computes with it. */
export interface GoldenGraph {
  readonly title: string
  readonly model: StoredModel
  readonly weights: Uint8Array
  readonly fed: Numbers & { readonly dtype: DType }
  readonly outputs: Readonly<Record<string, Numbers>>
}

/** The graphs of tests/golden/tfjs, of which a test may spoil its own copy. */
export function goldenGraphs(): GoldenGraph[] {
  const path = join(import.meta.dirname, '../golden/tfjs/graphs.json')
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
    cases: (Omit<GoldenGraph, 'weights'> & { weights: string })[]
  }
  return cases.map((one) => ({ ...one, weights: Buffer.from(one.weights, 'base64') }))
}

/** Writes a graph model into a folder. */
export async function writeGraph(
  folder: string,
  { model, weights }: Pick<GoldenGraph, 'model' | 'weights'>,
): Promise<string> {
  await writeFile(join(folder, 'weights.bin'), weights)
  const path = join(folder, 'model.json')
  await writeFile(path, JSON.stringify(model))
  return path
}

/** What is fed, as the imported graph takes it: pictures are [N, C, H, W]. */
export function fedTensor({ fed: { shape, dtype, data } }: GoldenGraph): Tensor {
  const array = dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data)
  const given = { dtype, shape, data: array } as Tensor
  return shape.length === 4 ? channelsFirst(given) : given
}

/** [N, H, W, C] → [N, C, H, W]. */
export function channelsFirst({ dtype, shape, data }: Tensor): Tensor {
  const [n, h, w, c] = shape as [number, number, number, number]
  const moved = dtype === 'int32' ? new Int32Array(data.length) : zeros([data.length]).data
  for (let i = 0; i < data.length; i++) {
    const [pixel, channel] = [Math.floor(i / c), i % c]
    const [image, place] = [Math.floor(pixel / (h * w)), pixel % (h * w)]
    moved[(image * c + channel) * h * w + place] = Number(data[i])
  }
  return { dtype, shape: [n, c, h, w], data: moved } as Tensor
}
