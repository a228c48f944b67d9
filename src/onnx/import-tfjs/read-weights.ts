import { readFileSync, realpathSync, statSync } from 'node:fs'
import { TensorProto_DataType as Type } from 'onnx-buf'
import { invalidInput, unsupportedOp } from '../../core/index.ts'
import { allocate, type DType, formatShape, sizeOf, type Tensor } from '../../tensor/index.ts'
import { fileInside } from '../file-inside.ts'
import { halfFloats, type NarrowNumbers, quantised, widen } from '../narrow-numbers.ts'
import type { ModelJson, WeightEntry } from './model-json.ts'

/** The most bytes that the files of a model may have together. */
const mostBytes = 2 ** 31

const dtypes: ReadonlyMap<string, DType> = new Map([
  ['float32', 'float32'],
  ['int32', 'int32'],
  ['bool', 'bool'],
])

const narrow: Readonly<Record<'uint8' | 'uint16' | 'float16', NarrowNumbers>> = {
  uint8: quantised.get(Type.UINT8)!,
  uint16: quantised.get(Type.UINT16)!,
  float16: halfFloats.get(Type.FLOAT16)!,
}

/**
 * The tensors of a model, by name: in each group they lie one after another in its files, as if those
 * were one. Quantised ones are brought back, x = q · scale + min.
 * @param folder where the files lie; a manifest may name no file outside it
 * @throws NotFound when a file is missing; InvalidInput when a path leaves the folder, or files and shapes
 *   do not agree; UnsupportedOp for a dtype that Vitrine lacks
 */
export function readWeights(
  groups: ModelJson['groups'],
  { folder, place }: { readonly folder: string; readonly place: string },
): ReadonlyMap<string, Tensor> {
  const home = realpathSync(folder)
  const tensors = new Map<string, Tensor>()
  let total = 0
  for (const { paths, weights } of groups) {
    const files = paths.map((path) => fileInside(home, path, `${place}: its weights`))
    total += files.reduce((sum, file) => sum + statSync(file).size, 0)
    if (total > mostBytes)
      throw invalidInput(
        `${place}: its files of weights have ${total} bytes, at most ${mostBytes} are read; take a smaller model`,
      )
    const bytes = Buffer.concat(files.map((file) => readFileSync(file)))
    let offset = 0
    for (const entry of weights) {
      const what = `${place}: weight "${entry.name}"`
      if (tensors.has(entry.name))
        throw invalidInput(`${what} is there twice; copy the model again`)
      const length = byteLength(entry, what)
      if (offset + length > bytes.length)
        throw invalidInput(
          `${what} of shape ${formatShape(entry.shape)} wants bytes ${offset} to ${offset + length} of ${paths.join(', ')}, which have ${bytes.length}; copy the model again`,
        )
      tensors.set(entry.name, tensorOf(entry, bytes.subarray(offset, offset + length)))
      offset += length
    }
    if (offset !== bytes.length)
      throw invalidInput(
        `${place}: ${paths.join(', ')} have ${bytes.length} bytes, its weights take ${offset}; the files do not belong together`,
      )
  }
  return tensors
}

function byteLength({ dtype, shape, quantization }: WeightEntry, what: string): number {
  const known = dtypes.get(dtype)
  if (known === undefined)
    throw unsupportedOp(
      `${what} is ${dtype}, which Vitrine does not compute with; take a model of float32 and int32`,
    )
  if (
    quantization !== undefined &&
    (known === 'bool' || quantization.dtype === 'float16') &&
    known !== 'float32'
  )
    throw invalidInput(`${what} is ${dtype} stored as ${quantization.dtype}; the file is damaged`)
  const bytesEach =
    quantization === undefined
      ? allocate(known, 0).BYTES_PER_ELEMENT
      : narrow[quantization.dtype].bits / 8
  return sizeOf(shape) * bytesEach
}

function tensorOf({ dtype, shape, quantization }: WeightEntry, bytes: Uint8Array): Tensor {
  const known = dtypes.get(dtype)!
  const size = sizeOf(shape)
  if (quantization === undefined) {
    const data = allocate(known, size)
    new Uint8Array(data.buffer).set(bytes)
    return { dtype: known, shape, data } as Tensor
  }
  const stored = widen(bytes, size, narrow[quantization.dtype])
  if (quantization.dtype === 'float16') return { dtype: known, shape, data: stored } as Tensor
  const { scale, min } = quantization
  const data = allocate(known, size) as Float32Array | Int32Array
  for (let i = 0; i < size; i++) {
    const x = Number(stored[i]) * scale + min
    data[i] = known === 'int32' ? Math.round(x) : x
  }
  return { dtype: known, shape, data } as Tensor
}
