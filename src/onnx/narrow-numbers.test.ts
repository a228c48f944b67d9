import { TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { addNode, floats, modelBytes, weight } from '../../tests/support/model-bytes.ts'
import { openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { halfFloats, widen } from './narrow-numbers.ts'
import { readModel } from './read.ts'
import { toValues } from './to-values.ts'
import { writeModel } from './write.ts'

const everyHalf = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
const asSingle = (type: Type) =>
  widen(new Uint8Array(everyHalf.buffer), everyHalf.length, halfFloats.get(type)!)

test('every float16 is the number that JavaScript has for it', () => {
  expect(asSingle(Type.FLOAT16)).toEqual(Float32Array.from(new Float16Array(everyHalf.buffer)))
})

test('every bfloat16 is the float32 whose upper half it is', () => {
  const bits = Uint32Array.from(everyHalf, (x) => x * 2 ** 16)
  expect(asSingle(Type.BFLOAT16)).toEqual(new Float32Array(bits.buffer))
})

// 1.5 and −2: once as raw bytes, once in the field that narrow numbers have
const half = { float16: [0x3e00, 0xc000], bfloat16: [0x3fc0, 0xc000] }
const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint16Array.from(numbers).buffer)

test('a model in half precision is read, run and written in single precision', async () => {
  for (const [type, bits] of [
    [Type.FLOAT16, half.float16],
    [Type.BFLOAT16, half.bfloat16],
  ] as const)
    for (const content of [{ rawData: bytesOf(bits) }, { int32Data: [...bits] }]) {
      const graph = await readModel(halfModel(type, content))
      expect(graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['N', 2] }])
      expect(graph.initializers.get('w')).toEqual(tensor('float32', [2], Float32Array.of(1.5, -2)))
      const shapes = ['x', 'single', 'half', 'moved', 'y'].map(
        (name) => [name, { dtype: 'float32', shape: [1, 2] }] as const,
      )
      const session = await openSession(writeModel(toValues(graph, new Map(shapes)).outputs))
      try {
        const x = tensor('float32', [1, 2], Float32Array.of(0.25, 1))
        const { y } = await session.run({ x })
        expect(y).toEqual(tensor('float32', [1, 2], Float32Array.of(1.75 + 1.5, -1 - 2)))
      } finally {
        await session.close()
      }
    }
})

/** y = x + w + c, with casts to and fro as exporters write them, c a Constant node. */
function halfModel(type: Type, content: object): Uint8Array {
  const described = (name: string) => {
    const { type: single } = floats(name, 'N', 2)
    return {
      name,
      type: { value: { ...single.value, value: { ...single.value.value, elemType: type } } },
    }
  }
  const cast = (name: string, from: string, to: Type) => ({
    opType: 'Cast',
    input: [from],
    output: [name],
    attribute: [{ name: 'to', type: 2, i: BigInt(to) }],
  })
  return modelBytes({
    input: [described('x')],
    output: [described('y')],
    initializer: [weight({ dataType: type, ...content })],
    node: [
      cast('single', 'x', Type.FLOAT),
      cast('half', 'single', type),
      { ...addNode, input: ['half', 'w'], output: ['moved'] },
      {
        opType: 'Constant',
        output: ['c'],
        attribute: [{ name: 'value', type: 4, t: weight({ dataType: type, ...content }) }],
      },
      { ...addNode, input: ['moved', 'c'] },
    ],
  })
}
