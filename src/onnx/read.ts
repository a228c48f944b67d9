import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import {
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
  Version,
} from 'onnx-buf'
import { invalidInput, messageOf, notFound, unsupportedOp } from '../core/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { type Attributes, int } from './attribute.ts'
import { assertNotQuantised, type Dequantized, dequantize } from './dequantize.ts'
import { dtypeNumbers } from './dtype-numbers.ts'
import { externalDataIn } from './external-data.ts'
import { largestFile } from './model-file.ts'
import type { GraphNode, GraphValue, ModelGraph } from './model-graph.ts'
import { halfFloats } from './narrow-numbers.ts'
import { readAttribute } from './read-attribute.ts'
import { dtypeOf, type ReadExternal, readTensor } from './read-tensor.ts'
import { sortNodes } from './sort-nodes.ts'

/** The oldest operator set that is read; files before it are from 2017. */
const oldestOpset = 7
/** The newest that onnxruntime runs; `upgrade.ts` knows what changed up to here. */
const newestOpset = 26

/**
 * Reads a model as plain data.
 *
 * All floats of 16 bits become float32, and weights that are stored quantised become float32, so
 * that what computes in half precision can be trained. What computes with quantised numbers is
 * refused.
 *
 * @param model path of an .onnx file, whose external data is looked for beside it, or its bytes
 * @throws NotFound when there is no file; InvalidInput when it is no model, damaged, or its graph
 *   makes no sense; UnsupportedOp for dtypes, operator sets and constructs that Vitrine lacks
 */
export async function readModel(model: string | Uint8Array): Promise<ModelGraph> {
  if (typeof model !== 'string')
    return graphOf(parse(model, 'model'), 'model', (_, { what }) => {
      throw invalidInput(`${what} lies in another file; give the path of the model, not its bytes`)
    })
  const proto = parse(await fileBytes(model), model)
  const external = externalDataIn(dirname(model))
  try {
    return graphOf(proto, model, external.read)
  } finally {
    external.close()
  }
}

async function fileBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await stat(path)
    const { size } = file
    if (!file.isFile()) throw invalidInput(`${path}: is not a file; give the path of an .onnx file`)
    if (size > largestFile)
      throw invalidInput(
        `${path}: has ${size} bytes, an .onnx file has at most ${largestFile}; keep its weights as external data`,
      )
    return await readFile(path)
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? ''
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw cause
    throw notFound(`${path}: cannot be read (${code}); give the path of an .onnx file`, { cause })
  }
}

function parse(bytes: Uint8Array, place: string): ModelProto {
  let proto: ModelProto
  try {
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false })
  } catch (cause) {
    throw invalidInput(
      `${place}: is not an ONNX model, or only part of one (${messageOf(cause)}); download or export it again`,
      { cause },
    )
  }
  const ir = Number(proto.irVersion)
  if (proto.graph === undefined || ir < 1)
    throw invalidInput(
      `${place}: is not an ONNX model, it has no ${ir < 1 ? 'format version' : 'graph'}; give an .onnx file`,
    )
  if (ir > Version.IR_VERSION)
    throw unsupportedOp(
      `${place}: is written in version ${ir} of the format, Vitrine reads up to ${Version.IR_VERSION}; export it for an older one`,
    )
  return proto
}

function graphOf(model: ModelProto, place: string, external: ReadExternal): ModelGraph {
  const proto = model.graph!
  const opset = opsetOf(model, place)
  if (model.functions.length > 0 || proto.sparseInitializer.length > 0)
    throw unsupportedOp(
      `${place}: ${model.functions.length > 0 ? 'defines functions of its own' : 'stores sparse tensors'}, which is not read yet; export it without`,
    )
  const plain = dequantize(proto, place, external)
  const initializers = initializersOf(plain, place, external)
  if (proto.output.length === 0)
    throw invalidInput(
      `${place}: it has no output, so there is nothing to compute; export it again`,
    )
  const graph = {
    opset,
    // Before version 4 of the format every initializer was listed as an input too.
    inputs: proto.input
      .filter(({ name }) => !initializers.has(name))
      .map((i) => describedOf(i, place)),
    outputs: proto.output.map((output) => describedOf(output, place)),
    nodes: plain.nodes.map((node) => nodeOf(node, place, external)),
    initializers,
  }
  return { ...graph, nodes: sortNodes(graph, place) }
}

function opsetOf({ opsetImport }: ModelProto, place: string): number {
  const own = opsetImport.find(({ domain }) => isOnnx(domain))
  const opset = Number(own?.version ?? 1)
  if (opset < oldestOpset || opset > newestOpset)
    throw unsupportedOp(
      `${place}: is written in operator set ${opset}, Vitrine reads ${oldestOpset} to ${newestOpset}; export it again for one of these`,
    )
  return opset
}

const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx'

function initializersOf(
  { weights, initializers }: Dequantized,
  place: string,
  external: ReadExternal,
): Map<string, Tensor> {
  const found = new Map(weights)
  for (const proto of initializers) {
    if (found.has(proto.name))
      throw invalidInput(`${place}: two initializers are named "${proto.name}"`)
    found.set(proto.name, readTensor(proto, `${place}: initializer "${proto.name}"`, external))
  }
  return found
}

function describedOf({ name, type }: ValueInfoProto, place: string): GraphValue {
  const what = `${place}: "${name}"`
  if (type?.value.case !== 'tensorType')
    throw unsupportedOp(`${what} is ${type?.value.case ?? 'of no type'}, only tensors are read`)
  const { elemType, shape } = type.value.value
  const axes = shape?.dim.map(({ value }) => {
    if (value.case === 'dimValue') return Number(value.value)
    return value.case === 'dimParam' && value.value !== '' ? value.value : '?'
  })
  return { name, dtype: dtypeOf(elemType, what), shape: axes ?? null }
}

function nodeOf(proto: NodeProto, place: string, external: ReadExternal): GraphNode {
  const what = `${place}: ${proto.opType} "${proto.name || (proto.output[0] ?? '')}"`
  if (!isOnnx(proto.domain) && proto.domain !== 'com.microsoft')
    throw unsupportedOp(`${what} is of the operator set "${proto.domain}", which is not read`)
  // so none has a name that every object of JavaScript knows (constructor) when a table is asked for it
  if (!/^[A-Z]/.test(proto.opType))
    throw invalidInput(
      `${what}: there is no operator "${proto.opType}", their names begin with a capital letter; export the model again`,
    )
  assertNotQuantised(proto, what)
  if (/^Sequence|(From|To)Sequence$|^Optional/.test(proto.opType))
    throw unsupportedOp(`${what} deals in lists of tensors, only tensors are read`)
  return {
    name: proto.name,
    op: proto.opType,
    domain: isOnnx(proto.domain) ? '' : proto.domain,
    inputs: proto.input,
    outputs: outputsOf(proto),
    attributes: withoutHalves(
      Object.fromEntries(proto.attribute.map((a) => [a.name, readAttribute(a, what, external)])),
    ),
  }
}

/** The names of outputs; every piece of a Split has one, for onnxruntime crashes where one is left out. */
function outputsOf({ opType, output }: NodeProto): string[] {
  if (opType !== 'Split') return output
  const first = output.find((name) => name !== '') ?? ''
  return output.map((name, i) => name || `piece ${i} beside ${first}`)
}

/** Where an operator says by number in which dtype it gives or computes. */
const dtypeAttributes = ['to', 'dtype', 'stash_type', 'softmax_precision', 'output_datatype']

function withoutHalves(attributes: Attributes): Attributes {
  const changed = dtypeAttributes.filter((name) => {
    const attribute = attributes[name]
    return attribute?.type === 'int' && halfFloats.has(attribute.value)
  })
  const single = int(dtypeNumbers.float32)
  return { ...attributes, ...Object.fromEntries(changed.map((name) => [name, single])) }
}
