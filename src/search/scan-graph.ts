import {
  float16,
  float32,
  graph,
  int,
  int32,
  int64,
  mapped,
  type Node,
  port,
  ranked,
  ranking,
} from './graph-parts.ts'
import { type Precision, rowFormats } from './row-format.ts'

/** The rows a scan graph reads: a raw little-endian file beside the graph. */
export interface ScanGraphRows {
  readonly fileName: string
  /** N, at least 1 */
  readonly count: number
  /** D */
  readonly dimension: number
  readonly precision: Precision
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
export function scanGraph(rows: ScanGraphRows): Uint8Array {
  const input = [port('queries', float32, 'B', rows.dimension), port('k', int64, 1)]
  const { initializer, node } = products(rows, [])
  return graph({ initializer, input, output: ranked, node: [...node, ...ranking] })
}

/** As {@link scanGraph} with an input `mask` float32 [N] that is added to every query's scores. */
export function maskedScanGraph(rows: ScanGraphRows): Uint8Array {
  const input = [
    port('queries', float32, 'B', rows.dimension),
    port('k', int64, 1),
    port('mask', float32, rows.count),
  ]
  const { initializer, node } = products(rows, ['mask'])
  return graph({ initializer, input, output: ranked, node: [...node, ...ranking] })
}

/** Input `chosen` int32 [M] row numbers; output `vectors` float32 [M, D], these rows. */
export function gatherGraph(rows: ScanGraphRows): Uint8Array {
  return graph({
    initializer: [part(rows, { name: 'index', first: 0, count: rows.count })],
    input: [port('chosen', int32, 'M')],
    output: [port('vectors', float32, 'M', rows.dimension)],
    node:
      rows.precision === 'f16' ? [taken('stored'), widen('stored', 'vectors')] : [taken('vectors')],
  })
}

function taken(output: string): Node {
  return { opType: 'Gather', input: ['index', 'chosen'], output: [output] }
}

function widen(input: string, output: string): Node {
  return { opType: 'Cast', input: [input], output: [output], attribute: [int('to', float32)] }
}

/** As {@link scanGraph} over an input `vectors` float32 [M, D] in the place of the row file. */
export function rankGraph(dimension: number): Uint8Array {
  const input = [
    port('queries', float32, 'B', dimension),
    port('k', int64, 1),
    port('vectors', float32, 'M', dimension),
  ]
  const node = [product(['queries', 'vectors'], 'all'), ...ranking]
  return graph({ input, output: ranked, node })
}

/** all = queries · rowsᵀ + mask */
function products(rows: ScanGraphRows, mask: string[]) {
  if (rows.precision === 'f16') return halfProducts(rows, mask)
  const initializer = [part(rows, { name: 'index', first: 0, count: rows.count })]
  return { initializer, node: [product(['queries', 'index', ...mask], 'all')] }
}

/** A block of half precision is widened in the cache; more than so many nodes would take long to open. */
const [blockRows, mostBlocks] = [8192, 256]

/** The same of rows at half precision, which are widened a block at a time: never all of them at once. */
function halfProducts(rows: ScanGraphRows, mask: string[]) {
  const size = Math.max(blockRows, Math.ceil(rows.count / mostBlocks))
  const blocks = Array.from({ length: Math.ceil(rows.count / size) }, (_, b) => ({
    name: `index${b}`,
    first: b * size,
    count: Math.min(size, rows.count - b * size),
  }))
  const node: Node[] = blocks.flatMap(({ name }) => [
    widen(name, `wide ${name}`),
    product(['queries', `wide ${name}`], `all ${name}`),
  ])
  const joined = mask.length === 0 ? 'all' : 'joined'
  const input = blocks.map(({ name }) => `all ${name}`)
  node.push({ opType: 'Concat', input, output: [joined], attribute: [int('axis', 1)] })
  if (mask.length > 0) node.push({ opType: 'Add', input: [joined, ...mask], output: ['all'] })
  return { initializer: blocks.map((block) => part(rows, block)), node }
}

/** output = a · bᵀ + c */
function product(input: string[], output: string): Node {
  return { opType: 'Gemm', input, output: [output], attribute: [int('transB', 1)] }
}

/** Some rows of the file. */
function part(
  { fileName, dimension, precision }: ScanGraphRows,
  { name, first, count }: { name: string; first: number; count: number },
) {
  const { bytesPerValue } = rowFormats[precision]
  return mapped({
    name,
    fileName,
    dataType: precision === 'f16' ? float16 : float32,
    shape: [count, dimension],
    offset: first * dimension * bytesPerValue,
    bytesPerValue,
  })
}
