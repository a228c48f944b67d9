import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import {
  addNode,
  floats,
  type GraphInit,
  type ModelInit,
  modelBytes,
  weight,
} from '../../tests/support/model-bytes.ts'
import { readModel } from './read.ts'

const failing = (graph: GraphInit, model?: ModelInit) =>
  expect(readModel(modelBytes(graph, model))).rejects

const unsound: [string, GraphInit, RegExp][] = [
  [
    'two initializers of one name',
    { initializer: [weight({ floatData: [1, 2] }), weight({ floatData: [1, 2] })] },
    /two initializers are named "w"/,
  ],
  [
    'a value given twice',
    { node: [addNode, addNode] },
    /Add "y" gives "y", which is given already/,
  ],
  [
    'a node that gives an input',
    { node: [{ ...addNode, output: ['x'] }] },
    /gives "x", which is given already/,
  ],
  [
    'two inputs of one name',
    { input: [floats('x', 2), floats('x', 2)] },
    /two things are named "x"/,
  ],
  [
    'a name that nothing gives',
    { node: [{ ...addNode, input: ['x', 'gone'] }] },
    /takes "gone", which nothing gives/,
  ],
  ['an output that nothing gives', { node: [] }, /nothing gives its output "y"/],
  [
    'a cycle',
    {
      node: [
        { opType: 'Add', input: ['x', 'b'], output: ['y'] },
        { opType: 'Neg', input: ['y'], output: ['b'] },
      ],
    },
    /Add "y" depends on itself.*no cycle/,
  ],
  [
    'a graph that gives nothing',
    { output: [] },
    /it has no output, so there is nothing to compute/,
  ],
  ...['constructor', 'toString', ''].map((opType): (typeof unsound)[0] => [
    `an operator named "${opType}"`,
    { node: [{ ...addNode, opType }] },
    new RegExp(`there is no operator "${opType}"`),
  ]),
  [
    'too few bytes',
    { initializer: [weight({ rawData: new Uint8Array(4) })] },
    /initializer "w" of shape \[2\] holds 1 float32 elements, its shape wants 2/,
  ],
  [
    'too many elements',
    { initializer: [weight({ floatData: [1, 2, 3] })] },
    /holds 3 float32 elements/,
  ],
  ['no elements', { initializer: [weight()] }, /holds 0 float32 elements/],
  [
    'a shape of 10²⁴ elements',
    { initializer: [weight({ dims: [10n ** 12n, 10n ** 12n], rawData: new Uint8Array(8) })] },
    /no possible shape/,
  ],
  [
    'a negative axis',
    { initializer: [weight({ dims: [-2n], floatData: [1, 2] })] },
    /no possible shape \(\[-2\]\)/,
  ],
]
test.each(unsound)('%s is refused as invalid', (_, graph, message) =>
  failing(graph).toMatchObject({ code: 'InvalidInput', message: expect.stringMatching(message) }),
)

const tensorOf = (elemType: Type) => ({ case: 'tensorType' as const, value: { elemType } })

const unsupported: [string, GraphInit, ModelInit, RegExp][] = [
  ...(['INT8', 'INT16', 'UINT16', 'UINT4', 'FLOAT8E4M3FN'] as const).map(
    (name): (typeof unsupported)[0] => [
      `a weight of ${name} that nothing makes floats of`,
      { initializer: [weight({ dataType: Type[name], rawData: new Uint8Array(4) })] },
      {},
      new RegExp(`initializer "w" is ${name.toLowerCase()},.*take the file .* not quantised`),
    ],
  ),
  ...(['UINT32', 'UINT64', 'COMPLEX64'] as const).map((name): (typeof unsupported)[0] => [
    `a weight of ${name}`,
    { initializer: [weight({ dataType: Type[name], rawData: new Uint8Array(8) })] },
    {},
    new RegExp(`initializer "w" is ${name.toLowerCase()},.*convert the model to float32`),
  ]),
  [
    'text',
    { input: [{ name: 'words', type: { value: tensorOf(Type.STRING) } }] },
    {},
    /"words" is string,.*tokens as its input/,
  ],
  [
    'products of quantised numbers',
    { node: [{ ...addNode, opType: 'QLinearMatMul' }] },
    {},
    /QLinearMatMul "y" computes with quantised numbers.*not quantised/,
  ],
  [
    'weights of 4 bits',
    { node: [{ ...addNode, opType: 'MatMulNBits', domain: 'com.microsoft' }] },
    {},
    /MatMulNBits "y" computes with quantised numbers/,
  ],
  [
    'activations that are quantised on the way',
    { node: [{ ...addNode, opType: 'QuantizeLinear' }] },
    {},
    /QuantizeLinear "y" computes with quantised numbers/,
  ],
  [
    'lists of tensors',
    { node: [{ ...addNode, opType: 'SplitToSequence' }] },
    {},
    /SplitToSequence "y" deals in lists of tensors/,
  ],
  [
    'a dtype of the future',
    { initializer: [weight({ dataType: 99 })] },
    {},
    /of the unknown type 99/,
  ],
  ['sparse tensors', { sparseInitializer: [{}] }, {}, /stores sparse tensors/],
  ['functions', {}, { functions: [{ name: 'f' }] }, /defines functions of its own/],
  [
    'a newer operator set',
    {},
    { opsetImport: [{ version: 27n }] },
    /operator set 27, Vitrine reads 7 to 26/,
  ],
  ['an ancient operator set', {}, { opsetImport: [] }, /operator set 1, Vitrine reads 7 to 26/],
  ['a newer format', {}, { irVersion: 99n }, /version 99 of the format/],
  [
    'a foreign operator',
    { node: [{ ...addNode, domain: 'org.example' }] },
    {},
    /Add "y" is of the operator set "org\.example"/,
  ],
  [
    'a branch',
    { node: [{ ...addNode, attribute: [{ name: 'then_branch', type: Kind.GRAPH, g: {} }] }] },
    {},
    /holds a graph of its own/,
  ],
  [
    'an odd attribute',
    { node: [{ ...addNode, attribute: [{ name: 'a', type: Kind.TYPE_PROTO }] }] },
    {},
    /attribute "a" is of kind TYPE_PROTO/,
  ],
  [
    'an input that is a sequence',
    { input: [{ name: 'x', type: { value: { case: 'sequenceType', value: {} } } }] },
    {},
    /"x" is sequenceType, only tensors/,
  ],
]
test.each(unsupported)('%s is refused as unsupported', (_, graph, model, message) =>
  failing(graph, model).toMatchObject({
    code: 'UnsupportedOp',
    message: expect.stringMatching(message),
  }),
)
