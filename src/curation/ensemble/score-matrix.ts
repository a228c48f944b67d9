import { gemm, input, writeModel } from '../../onnx/index.ts'
import { openSession } from '../../runtime/index.ts'
import { tensor } from '../../tensor/index.ts'

/** Computes scores of some queries at a time in a gallery; a resource to be closed. */
export interface ScoreMatrix {
  /**
   * @param queries [B, D], at most as many as were announced
   * @returns [B, N]
   */
  of(queries: Float32Array): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Inner products with a gallery as a product of matrices by onnxruntime, in float32 as in search.
 *
 *   S = Q Gᵀ
 *
 * @param gallery [N, D]
 * @param most B, the queries of a call at most
 */
export async function openScoreMatrix(
  gallery: Float32Array,
  { dimension, most }: { readonly dimension: number; readonly most: number },
): Promise<ScoreMatrix> {
  const shape = [gallery.length / dimension, dimension]
  const asked = input('queries', [most, dimension])
  const scores = gemm(asked, input('gallery', shape), { transposeB: true })
  const session = await openSession(writeModel({ scores }), { name: 'scores of an ensemble' })
  const rows = tensor('float32', shape, gallery)
  return {
    async of(queries) {
      const filled = new Float32Array(most * dimension)
      filled.set(queries)
      const found = await session.run({
        queries: tensor('float32', [most, dimension], filled),
        gallery: rows,
      })
      const all = found.scores!.data as Float32Array
      return all.subarray(0, (queries.length / dimension) * shape[0]!)
    },
    close: () => session.close(),
  }
}
