import { gemm, input, writeModel } from '../../onnx/index.ts'
import { openSession } from '../../runtime/index.ts'
import { tensor } from '../../tensor/index.ts'

/** Computes scores of some queries at a time in galleries of one size; a resource to be closed. */
export interface ScoreMatrix {
  /**
   * @param queries [B, D], at most as many as were announced
   * @param gallery [N, D]
   * @returns [B, N]
   */
  of(queries: Float32Array, gallery: Float32Array): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Inner products with a gallery as a product of matrices by onnxruntime, in float32 as in search.
 *
 *   S = Q Gᵀ
 *
 * @param sizes `rows` N and `dimension` D of the galleries; `most` B, the queries of a call at most
 */
export async function openScoreMatrix(sizes: {
  readonly rows: number
  readonly dimension: number
  readonly most: number
}): Promise<ScoreMatrix> {
  const { rows, dimension, most } = sizes
  const [asked, among] = [input('queries', [most, dimension]), input('gallery', [rows, dimension])]
  const scores = gemm(asked, among, { transposeB: true })
  const session = await openSession(writeModel({ scores }), { name: 'scores of an ensemble' })
  return {
    async of(queries, gallery) {
      const filled = new Float32Array(most * dimension)
      filled.set(queries)
      const found = await session.run({
        queries: tensor('float32', [most, dimension], filled),
        gallery: tensor('float32', [rows, dimension], gallery),
      })
      const all = found.scores!.data as Float32Array
      return all.subarray(0, (queries.length / dimension) * rows)
    },
    close: () => session.close(),
  }
}
