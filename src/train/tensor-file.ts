import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../core/index.ts'
import { type DType, sizeOf, type Tensor } from '../tensor/index.ts'

const names = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  bool: 'BOOL',
} as const
const arrays = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const
const dtypes = Object.fromEntries(
  Object.entries(names).map(([dtype, name]) => [name, dtype]),
) as Record<keyof typeof arrays, DType>

const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.enum(['F32', 'F64', 'I32', 'I64', 'U8', 'BOOL']),
      shape: z.array(z.number().int().min(0)),
      data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
    }),
    z.record(z.string(), z.string()),
  ]),
)

/** Named tensors and texts in one file. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly texts: Readonly<Record<string, string>>
}

/** Writes a safetensors file (a JSON header and raw little-endian data), whole or not at all. */
export async function writeTensorFile(path: string, { tensors, texts }: TensorFile): Promise<void> {
  let offset = 0
  const header: Record<string, unknown> = { __metadata__: texts }
  const parts: Uint8Array[] = []
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype: names[dtype], shape, data_offsets: [offset, offset + data.byteLength] }
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ')
  json.copy(padded)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  await writeFileAtomic(path, length, padded, ...parts)
}

/**
 * Reads a safetensors file.
 * @throws InvalidInput when the header or an offset is not what the format says
 */
export async function readTensorFile(path: string): Promise<TensorFile> {
  const bytes = await readFile(path)
  const broken = (why: string) =>
    invalidInput(`${path}: not a whole safetensors file (${why}); remove it to start afresh`)
  if (bytes.length < 8) throw broken(`${bytes.length} bytes`)
  const headerLength = Number(bytes.readBigUInt64LE(0))
  if (headerLength > bytes.length - 8) throw broken('its header is cut off')
  const header = parseHeader(bytes.subarray(8, 8 + headerLength).toString(), broken)
  const body = bytes.subarray(8 + headerLength)
  const tensors = new Map<string, Tensor>()
  let texts: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (!isTensor(entry)) {
      texts = entry
      continue
    }
    const [start, end] = entry.data_offsets
    const array = arrays[entry.dtype]
    const wanted = sizeOf(entry.shape) * array.BYTES_PER_ELEMENT
    if (end > body.length || end - start !== wanted) throw broken(`tensor ${name} is cut off`)
    const copy = body.buffer.slice(body.byteOffset + start, body.byteOffset + end) as ArrayBuffer
    tensors.set(name, {
      dtype: dtypes[entry.dtype],
      shape: entry.shape,
      data: new array(copy),
    } as Tensor)
  }
  return { tensors, texts }
}

type Header = z.infer<typeof headerSchema>
type TensorEntry = Extract<Header[string], { data_offsets: unknown }>

function isTensor(entry: Header[string]): entry is TensorEntry {
  return Array.isArray(entry.data_offsets)
}

function parseHeader(json: string, broken: (why: string) => Error): Header {
  try {
    return headerSchema.parse(JSON.parse(json))
  } catch {
    throw broken('its header is not the JSON it should be')
  }
}
