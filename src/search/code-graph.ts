import { paddedRows, tileRows } from './code-tiles.ts'
import {
  float32,
  graph,
  int,
  int8,
  int32,
  int64,
  type MappedPart,
  mapped,
  type Node,
  port,
  ranked,
  ranking,
  uint8,
} from './graph-parts.ts'

/** What a graph over a codes file reads. */
export interface CodeGraphRows {
  readonly fileName: string
  /** N, at least 1 */
  readonly count: number
  /** D */
  readonly dimension: number
}

/**
 * The search of a codes file for one query.
 *
 *   scores, rows = TopK(scale · (query · codes − correction), k)
 *
 * Inputs `query` uint8 [1, D] and `k` int64 [1]; outputs as of `scanGraph`, the scores in units of
 * the query's scale. The product of one row of bytes with tiles runs at the speed of memory.
 * @param masked with an input `mask` float32 [tiles · 64] that is added to the scores
 */
export function codeGraph(rows: CodeGraphRows, { masked }: { masked: boolean }): Uint8Array {
  const { dimension } = rows
  const padded = paddedRows(rows.count)
  const shape = [padded / tileRows, dimension, tileRows]
  const afterCodes = padded * dimension
  const last = masked ? 'unmasked' : 'all'
  const node: Node[] = [
    { opType: 'MatMulInteger', input: ['query', 'codes'], output: ['tiled'] },
    { opType: 'Reshape', input: ['tiled', 'flat'], output: ['sums'] },
    { opType: 'Sub', input: ['sums', 'corrections'], output: ['whole'] },
    { opType: 'Cast', input: ['whole'], output: ['float'], attribute: [int('to', float32)] },
    { opType: 'Mul', input: ['float', 'scales'], output: [last] },
    ...(masked ? [{ opType: 'Add', input: [last, 'mask'], output: ['all'] }] : []),
    ...ranking,
  ]
  const file = (part: Omit<MappedPart, 'fileName'>) => mapped({ ...part, fileName: rows.fileName })
  return graph({
    initializer: [
      file({ name: 'codes', dataType: int8, shape, offset: 0, bytesPerValue: 1 }),
      file({
        name: 'scales',
        dataType: float32,
        shape: [padded],
        offset: afterCodes,
        bytesPerValue: 4,
      }),
      file({
        name: 'corrections',
        dataType: int32,
        shape: [padded],
        offset: afterCodes + 4 * padded,
        bytesPerValue: 4,
      }),
      { name: 'flat', dims: [2n], dataType: int64, int64Data: [1n, BigInt(padded)] },
    ],
    input: [
      port('query', uint8, 1, dimension),
      port('k', int64, 1),
      ...(masked ? [port('mask', float32, padded)] : []),
    ],
    output: ranked,
    node,
  })
}
