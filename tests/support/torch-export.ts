import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { NamedTensors } from '../../src/runtime/index.ts'
import { type DType, type Tensor, tensor } from '../../src/tensor/index.ts'

/** Where the files of PyTorch's exporter lie. For tests only. */
export const torchExports = resolve(import.meta.dirname, '../golden/onnx')

interface Numbers {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
type Named = Readonly<Record<string, Numbers>>

/** What comes out, and the gradients of Σ output · weighting. For tests only. */
export interface TorchResults {
  readonly output: Numbers
  readonly inputGradients: Named
  readonly gradients: Named
}

/** What PyTorch computes in float64, as tests/golden/onnx/make.py writes it. For tests only. */
export interface TorchGolden extends TorchResults {
  readonly inputs: Named
  readonly weighting: Numbers
  readonly parameters: Named
  /** By the statistics of the batch, and what the running ones become. */
  readonly training?: TorchResults & { readonly statistics: Named }
}

/** A file that PyTorch's exporter wrote (`vit-11.onnx`), with what PyTorch computes. For tests only. */
export function torchExport(file: string) {
  const path = join(torchExports, file)
  const text = readFileSync(path.replace(/-\d+\.onnx$/, '.json'), 'utf8')
  const golden = JSON.parse(text) as TorchGolden
  const feeds: NamedTensors = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, numbers]) => [name, tensorOf(numbers)]),
  )
  const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]))
  return { path, golden, feeds, shapes, weighting: tensorOf(golden.weighting) }
}

function tensorOf({ dtype, shape, data }: Numbers): Tensor {
  return dtype === 'int64'
    ? tensor('int64', shape, BigInt64Array.from(data, BigInt))
    : tensor('float32', shape, Float32Array.from(data))
}

/**
 * Gradients by the content of the weights they belong to, whatever an exporter called those and
 * however it turned and joined them; those of weights that it stored twice are one. For tests only.
 */
export function sumByContent(
  pairs: readonly (readonly [content: ArrayLike<unknown>, slopes: ArrayLike<unknown>])[],
): Map<number, number> {
  const sums = new Map<number, number>()
  for (const [content, slopes] of pairs)
    for (let i = 0; i < content.length; i++) {
      const x = Math.fround(Number(content[i]))
      sums.set(x, (sums.get(x) ?? 0) + Number(slopes[i]))
    }
  return sums
}
