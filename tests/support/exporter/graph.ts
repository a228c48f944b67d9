import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf'
import type { Rng } from '../../../src/core/index.ts'

type AttributeValue = number | string | readonly number[]

/** An input or output: its dtype and axes, named where they are free. For tests only. */
export type Described = readonly ['int64' | 'float32', ...axes: (number | string)[]]

/** A graph written as PyTorch's exporter writes one: by names, with the shapes computed in it. For tests only. */
export interface ExportedGraph {
  readonly opset: number
  /** A node with one output, whose name it gives. */
  node(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): string
  /** An initializer of random numbers around some number. */
  weight(name: string, dims: readonly number[], range: number, around?: number): string
  /** A Constant node: one number or a list. */
  constant(values: number | readonly number[], dtype?: 'int64' | 'float32'): string
  bytes(
    inputs: Readonly<Record<string, Described>>,
    outputs: Readonly<Record<string, readonly [value: string, Described]>>,
  ): Uint8Array
}

/** For tests only. */
export function exportedGraph(opset: number, rng: Rng): ExportedGraph {
  const nodes: MessageInitShape<typeof NodeProtoSchema>[] = []
  const initializer: MessageInitShape<typeof TensorProtoSchema>[] = []
  const add = (opType: string, input: readonly string[], attribute: AttributeInit[]): string => {
    const name = `/${opType}_${nodes.length}`
    nodes.push({ name, opType, input: [...input], output: [`${name}_output_0`], attribute })
    return `${name}_output_0`
  }
  return {
    opset,
    node: (op, inputs, attributes = {}) =>
      add(op, inputs, Object.entries(attributes).map(attributeOf)),
    weight(name, dims, range, around = 0) {
      const size = dims.reduce((a, b) => a * b, 1)
      const data = new Float32Array(size)
      for (let i = 0; i < size; i++) data[i] = rng.between(around - range, around + range)
      const rawData = new Uint8Array(data.buffer)
      initializer.push({ name, dataType: Type.FLOAT, dims: dims.map(BigInt), rawData })
      return name
    },
    constant(values, dtype = 'int64') {
      const list = typeof values === 'number' ? [values] : [...values]
      const dims = typeof values === 'number' ? [] : [BigInt(list.length)]
      const content =
        dtype === 'int64'
          ? { dataType: Type.INT64, int64Data: list.map(BigInt) }
          : { dataType: Type.FLOAT, floatData: list }
      return add('Constant', [], [{ name: 'value', type: Kind.TENSOR, t: { dims, ...content } }])
    },
    bytes(inputs, outputs) {
      for (const [name, [value]] of Object.entries(outputs))
        nodes.push({ name: `/${name}`, opType: 'Identity', input: [value], output: [name] })
      const input = Object.entries(inputs).map(([name, described]) => infoOf(name, described))
      const output = Object.entries(outputs).map(([name, [, given]]) => infoOf(name, given))
      const proto = create(ModelProtoSchema, {
        irVersion: 7n,
        producerName: 'pytorch',
        opsetImport: [{ version: BigInt(opset) }],
        graph: { name: 'torch_jit', node: nodes, initializer, input, output },
      })
      return toBinary(ModelProtoSchema, proto)
    },
  }
}

type AttributeInit = Exclude<MessageInitShape<typeof AttributeProtoSchema>, { $typeName: string }>

function attributeOf([name, value]: readonly [string, AttributeValue]): AttributeInit {
  if (typeof value === 'string')
    return { name, type: Kind.STRING, s: new TextEncoder().encode(value) }
  if (typeof value !== 'number') return { name, type: Kind.INTS, ints: value.map(BigInt) }
  return Number.isInteger(value)
    ? { name, type: Kind.INT, i: BigInt(value) }
    : { name, type: Kind.FLOAT, f: value }
}

function infoOf(name: string, [dtype, ...axes]: Described) {
  const dim = axes.map((axis) => ({
    value:
      typeof axis === 'number'
        ? { case: 'dimValue' as const, value: BigInt(axis) }
        : { case: 'dimParam' as const, value: axis },
  }))
  const elemType = dtype === 'int64' ? Type.INT64 : Type.FLOAT
  return {
    name,
    type: { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } },
  }
}
