import { expect, test } from 'vitest'
import { gradients } from '../src/autodiff/index.ts'
import { rngFromSeed } from '../src/core/index.ts'
import * as onnx from '../src/onnx/index.ts'
import { evaluate, measureShapes, type NamedTensors } from '../src/runtime/index.ts'
import { families } from './gradients/index.ts'
import { random } from './support/random-tensor.ts'

const session = { threads: 1, optimization: 'disabled' } as const
const all = Object.values(families).flatMap(({ cases }) =>
  Object.entries(cases).flatMap(([op, list]) => list.map((one, i) => ({ op, i, one }))),
)
/** What is read for inference alone. */
const notRead: Readonly<Record<string, RegExp>> = {
  'BatchNormalization 1': /BatchNormalization in its training form.*export the model for inference/,
}

test.each(all)(
  '$op $i is the same once it is written, read and written',
  async ({ op, i, one }) => {
    const feeds: NamedTensors = { ...one.fixed, ...one.at }
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { shape, dtype }]) => [
        name,
        onnx.input(name, shape, dtype),
      ]),
    )
    const f = one.of(inputs)
    const refusal = notRead[`${op} ${i}`]
    if (refusal !== undefined) return expect(readBack(f, feeds)).rejects.toThrow(refusal)
    const read = await readBack(f, feeds)
    expect(nodesOf(read.outputs.f!)).toEqual(nodesOf(f))
    const by = Object.keys(one.at)
    const wanted = withGradients(
      f,
      by.map((name) => inputs[name]!),
    )
    const found = withGradients(
      read.outputs.f!,
      by.map((name) => read.inputs.get(name)!),
    )
    expect(await evaluate(found, feeds, session)).toEqual(await evaluate(wanted, feeds, session))
  },
)

async function readBack(f: onnx.Value, feeds: NamedTensors): Promise<onnx.ModelValues> {
  const graph = await onnx.readModel(onnx.writeModel({ f }))
  return onnx.toValues(graph, await measureShapes(graph, feeds, session))
}

/** What is applied to what: inputs of no elements count as left out, and Identity as nothing. */
const nodesOf = (f: onnx.Value) =>
  onnx
    .reachable([f])
    .nodes.filter(({ op }) => op !== 'Identity')
    .map(({ op, domain, inputs, attributes, outputs }) => ({
      op,
      domain,
      inputs: inputs.map((x) => x !== null && onnx.elements(x) > 0 && [x.dtype, ...x.shape]),
      attributes,
      outputs: outputs.map(({ dtype, shape }) => [dtype, ...shape]),
    }))

/** A function and the gradients of Σ f · r, r fixed random numbers. */
function withGradients(f: onnx.Value, by: readonly onnx.Value[]): Record<string, onnx.Value> {
  const r = onnx.constant(random(f.dtype as 'float32', f.shape, rngFromSeed(7)))
  const slopes = gradients(onnx.reduceSum(onnx.mul(f, r)), by)
  return { f, ...Object.fromEntries(slopes.map((slope, i) => [`gradient ${i}`, slope])) }
}
