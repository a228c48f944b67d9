import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type AttributeProtoSchema, ModelProtoSchema, type ValueInfoProtoSchema } from 'onnx-buf'

/** ONNX element and attribute types, by their numbers in the format. */
const [float32, int32, int64, intAttribute, externalData] = [1, 6, 7, 2, 1]

/** The rows a scan graph reads: a raw little-endian float32 file beside the graph. */
export interface ScanGraphRows {
  readonly fileName: string
  /** N, at least 1 */
  readonly count: number
  /** D */
  readonly dimension: number
}

/**
 * The whole of exact search as an ONNX graph whose only weights are the row file itself, which
 * onnxruntime maps instead of reading.
 *
 *   scores, rows = TopK(queries · rowsᵀ, k)
 *
 * Inputs `queries` float32 [B, D] and `k` int64 [1]; outputs `scores` float32 [B, k], largest
 * first, and `rows` int32 [B, k].
 */
export function scanGraph({ fileName, count, dimension }: ScanGraphRows): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      producerName: 'vitrine',
      opsetImport: [{ domain: '', version: 21n }],
      graph: {
        name: 'scan',
        initializer: [
          {
            name: 'index',
            dims: [BigInt(count), BigInt(dimension)],
            dataType: float32,
            dataLocation: externalData,
            externalData: [
              { key: 'location', value: fileName },
              { key: 'offset', value: '0' },
              { key: 'length', value: String(count * dimension * 4) },
            ],
          },
        ],
        input: [value('queries', float32, 'B', dimension), value('k', int64, 1)],
        output: [value('scores', float32, 'B', 'K'), value('rows', int32, 'B', 'K')],
        node: [
          {
            opType: 'Gemm',
            input: ['queries', 'index'],
            output: ['all'],
            attribute: [int('transB', 1)],
          },
          { opType: 'TopK', input: ['all', 'k'], output: ['scores', 'wide'] },
          { opType: 'Cast', input: ['wide'], output: ['rows'], attribute: [int('to', int32)] },
        ],
      },
    }),
  )
}

function value(
  name: string,
  elemType: number,
  ...axes: (number | string)[]
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = axes.map((axis) =>
    typeof axis === 'string'
      ? { value: { case: 'dimParam' as const, value: axis } }
      : { value: { case: 'dimValue' as const, value: BigInt(axis) } },
  )
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } }
}

function int(name: string, i: number): MessageInitShape<typeof AttributeProtoSchema> {
  return { name, type: intAttribute, i: BigInt(i) }
}
