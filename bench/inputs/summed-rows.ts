import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { openSession, type Session } from '../../src/runtime/index.ts'

/** A file of float32 rows. */
interface RowsFile {
  readonly folder: string
  readonly fileName: string
  readonly count: number
  readonly dimension: number
  readonly threads: number
}

/** A session that sums mapped rows: each byte is read once, with one addition a value. */
export async function summedRows({
  folder,
  fileName,
  count,
  dimension,
  threads,
}: RowsFile): Promise<Session> {
  const external = { location: fileName, offset: '0', length: String(count * dimension * 4) }
  const axis = (size: number) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'sum',
      initializer: [
        {
          name: 'rows',
          dims: [BigInt(count), BigInt(dimension)],
          dataType: 1,
          dataLocation: 1,
          externalData: Object.entries(external).map(([key, value]) => ({ key, value })),
        },
        { name: 'axis', dims: [1n], dataType: 7, int64Data: [1n] },
      ],
      node: [
        {
          opType: 'ReduceSum',
          input: ['rows', 'axis'],
          output: ['sums'],
          attribute: [{ name: 'keepdims', type: 2, i: 0n }],
        },
      ],
      output: [
        {
          name: 'sums',
          type: {
            value: { case: 'tensorType', value: { elemType: 1, shape: { dim: [axis(count)] } } },
          },
        },
      ],
    },
  })
  const path = join(folder, 'sum.onnx')
  await writeFile(path, toBinary(ModelProtoSchema, model))
  return openSession(path, {
    threads,
    prepack: false,
    optimization: 'disabled', // or the sum would be computed once, at loading
  })
}
