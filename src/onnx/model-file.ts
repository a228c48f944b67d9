import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type GraphProtoSchema, ModelProtoSchema } from 'onnx-buf'
import { invalidInput } from '../core/index.ts'

/** Protobuf's own limit of a message, in bytes. */
export const largestFile = 2 ** 31 - 1

type GraphInit = Exclude<MessageInitShape<typeof GraphProtoSchema>, { $typeName: string }>

/** A graph with the versions of the format and of ONNX's operator set that it is written in. */
export interface ModelFile {
  readonly irVersion: number
  readonly opset: number
  readonly graph: GraphInit
}

/**
 * The bytes of an .onnx file.
 * @throws InvalidInput when what is stored in it is more than a file can hold
 */
export function modelFile({ irVersion, opset, graph }: ModelFile): Uint8Array {
  const stored = (graph.initializer ?? []).reduce(
    (sum, { rawData }) => sum + (rawData?.length ?? 0),
    0,
  )
  if (stored > largestFile)
    throw invalidInput(
      `graph: its weights take ${stored} bytes, an .onnx file holds at most ${largestFile}; take a smaller network`,
    )
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'vitrine',
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      { domain: 'com.microsoft', version: 1n },
      { domain: 'com.microsoft.nchwc', version: 1n },
    ],
    graph: { name: 'vitrine', ...graph },
  })
  return toBinary(ModelProtoSchema, proto)
}
