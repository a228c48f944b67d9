import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf'

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

type Node = MessageInitShape<typeof NodeProtoSchema>
type Port = MessageInitShape<typeof ValueInfoProtoSchema>

/**
 * The whole of exact search as an ONNX graph whose only weights are the row file itself, which
 * onnxruntime maps instead of reading.
 *
 *   scores, rows = TopK(queries · rowsᵀ, k)
 *
 * Inputs `queries` float32 [B, D] and `k` int64 [1]; outputs `scores` float32 [B, k], largest
 * first, and `rows` int32 [B, k].
 */
export function scanGraph(rows: ScanGraphRows): Uint8Array {
  const input = [value('queries', float32, 'B', rows.dimension), value('k', int64, 1)]
  return graph({ rows, input, output: ranked, node: [product('queries', 'index'), ...ranking] })
}

/** As {@link scanGraph} with an input `mask` float32 [N] that is added to every query's scores. */
export function maskedScanGraph(rows: ScanGraphRows): Uint8Array {
  const input = [
    value('queries', float32, 'B', rows.dimension),
    value('k', int64, 1),
    value('mask', float32, rows.count),
  ]
  const node = [product('queries', 'index', 'mask'), ...ranking]
  return graph({ rows, input, output: ranked, node })
}

/** Input `chosen` int32 [M] row numbers; output `vectors` float32 [M, D], these rows. */
export function gatherGraph(rows: ScanGraphRows): Uint8Array {
  return graph({
    rows,
    input: [value('chosen', int32, 'M')],
    output: [value('vectors', float32, 'M', rows.dimension)],
    node: [{ opType: 'Gather', input: ['index', 'chosen'], output: ['vectors'] }],
  })
}

/** As {@link scanGraph} over an input `vectors` float32 [M, D] in the place of the row file. */
export function rankGraph(dimension: number): Uint8Array {
  const input = [
    value('queries', float32, 'B', dimension),
    value('k', int64, 1),
    value('vectors', float32, 'M', dimension),
  ]
  return graph({ input, output: ranked, node: [product('queries', 'vectors'), ...ranking] })
}

const ranked: Port[] = [value('scores', float32, 'B', 'K'), value('rows', int32, 'B', 'K')]
const ranking: Node[] = [
  { opType: 'TopK', input: ['all', 'k'], output: ['scores', 'wide'] },
  { opType: 'Cast', input: ['wide'], output: ['rows'], attribute: [int('to', int32)] },
]

/** all = queries · vectorsᵀ + mask */
function product(...input: string[]): Node {
  return { opType: 'Gemm', input, output: ['all'], attribute: [int('transB', 1)] }
}

interface GraphParts {
  readonly rows?: ScanGraphRows
  readonly input: Port[]
  readonly output: Port[]
  readonly node: Node[]
}

function graph({ rows, input, output, node }: GraphParts): Uint8Array {
  const initializer = rows === undefined ? [] : [mapped(rows)]
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      producerName: 'vitrine',
      opsetImport: [{ domain: '', version: 21n }],
      graph: { name: 'scan', initializer, input, output, node },
    }),
  )
}

function mapped({ fileName, count, dimension }: ScanGraphRows) {
  return {
    name: 'index',
    dims: [BigInt(count), BigInt(dimension)],
    dataType: float32,
    dataLocation: externalData,
    externalData: [
      { key: 'location', value: fileName },
      { key: 'offset', value: '0' },
      { key: 'length', value: String(count * dimension * 4) },
    ],
  }
}

function value(name: string, elemType: number, ...axes: (number | string)[]): Port {
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
