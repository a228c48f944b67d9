import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  type Attributes,
  add,
  type Computed,
  compute,
  constant,
  float,
  gru,
  input,
  int,
  lstm,
  mul,
  type Parameter,
  parameter,
  readModel,
  reduceSum,
  toValues,
  type Value,
  writeModel,
} from '../onnx/index.ts'
import { evaluate, measureShapes } from '../runtime/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const rng = rngFromSeed(31)
const draw = (...shape: Shape): Parameter => parameter(random('float32', shape, rng))
const [steps, batch, inputs, hidden] = [4, 3, 2, 2]
const x = draw(steps, batch, inputs)
const [w, r, b] = [draw(1, 4 * hidden, inputs), draw(1, 4 * hidden, hidden), draw(1, 8 * hidden)]
const built = lstm(x, { w, r, b })

/** The same node with other attributes or inputs. */
function changed(attributes: Attributes, more: readonly (Value | null)[] = []): Computed[] {
  const { node } = built.y as Computed
  return compute({
    op: 'LSTM',
    inputs: [...node.inputs, ...more],
    attributes: { ...node.attributes, ...attributes },
    outputs: node.outputs,
  })
}

const squares = (y: Value): Value => reduceSum(mul(y, y))

async function expectSameGradients(one: Value, other: Value, wrt: readonly Value[]): Promise<void> {
  const [some, others] = [gradients(one, wrt), gradients(other, wrt)]
  for (const [i, slope] of some.entries()) {
    const found = await evaluate({ slope, other: others[i]! }, {}, { threads: 1 })
    expectClose(found.slope, found.other, 1e-6, `gradient ${i}`)
  }
}

const peepholes = draw(1, 3 * hidden)
const strings = (...value: string[]) => ({ type: 'strings', value }) as const
const refused: [string, () => Value[], RegExp][] = [
  ['other activations', () => changed({ activations: strings('Relu', 'Tanh', 'Tanh') }), /Relu/],
  ['clipping', () => changed({ clip: float(3) }), /clip/],
  ['coupled gates', () => changed({ input_forget: int(1) }), /input_forget/],
  ['the batch first', () => changed({ layout: int(1) }), /layout/],
  ['peepholes', () => changed({}, [null, null, null, peepholes]), /peephole/],
]
test.each(refused)(
  'an LSTM with %s is refused, not differentiated wrongly',
  (_, build, message) => {
    expect(() => gradients(squares(build()[0]!), [w])).toThrow(
      expect.objectContaining({ code: 'UnsupportedOp', message: expect.stringMatching(message) }),
    )
  },
)

test('activations that are written out are the usual ones', () =>
  expectSameGradients(
    squares(changed({ activations: strings('sigmoid', 'Tanh', 'tanh') })[0]!),
    squares(built.y),
    [x, w, r, b],
  ))

test('a model that names the last states only is differentiated as well', async () => {
  const fed = input('x', x.shape)
  const { h, c } = lstm(fed, { w, r, b })
  const names = new Map([w, r, b].map((weight, i) => [weight, `weight${i}`]))
  const graph = await readModel(writeModel({ h, c }, { parameterNames: names }))
  const nodes = graph.nodes.map((node) =>
    node.op === 'LSTM' ? { ...node, outputs: ['', ...node.outputs.slice(1)] } : node,
  )
  const silent = { ...graph, nodes }
  const { outputs, parameters } = toValues(silent, await measureShapes(silent, { x }))
  expect([...parameters.keys()].sort()).toEqual([...names.values()].sort())
  const read = [...names.values()].map((name) => parameters.get(name)!)
  const slopes = gradients(add(squares(outputs.h!), squares(outputs.c!)), read)
  const wanted = gradients(add(squares(h), squares(c)), [w, r, b])
  for (const [i, slope] of slopes.entries()) {
    // two graphs: each has an input of its own that is called x
    const found = await evaluate({ slope }, { x }, { threads: 1 })
    const other = await evaluate({ slope: wanted[i]! }, { x }, { threads: 1 })
    expectClose(found.slope, other.slope, 1e-6, `gradient ${i}`)
  }
})

test.each(['forward', 'reverse'] as const)(
  'going %s, what stands after the end of a sequence, be it no number, has no part in any gradient',
  async (direction) => {
    const lengths = constant(tensor('int32', [batch], Int32Array.of(2, 4, 0)))
    const inside = (step: number, sequence: number) => step < [2, 4, 0][sequence]!
    const strange = tensor('float32', x.shape, (x.data as Float32Array).slice())
    strange.data.forEach((_, i) => {
      const [step, sequence] = [Math.floor(i / inputs / batch), Math.floor(i / inputs) % batch]
      if (!inside(step, sequence)) strange.data[i] = Number.NaN
    })
    const fed = input('x', x.shape)
    const { y, h } = gru(fed, {
      w: draw(1, 3 * hidden, inputs),
      r: draw(1, 3 * hidden, hidden),
      lengths,
      direction,
    })
    const [dx, dw] = gradients(add(squares(y), squares(h)), [fed, (y as Computed).node.inputs[1]!])
    const one = await evaluate({ dx: dx!, dw: dw! }, { x })
    const other = await evaluate({ dx: dx!, dw: dw! }, { x: strange })
    expect(other).toEqual(one)
    one.dx.data.forEach((slope, i) => {
      const [step, sequence] = [Math.floor(i / inputs / batch), Math.floor(i / inputs) % batch]
      if (inside(step, sequence)) expect(slope).not.toBe(0)
      else expect(Math.abs(Number(slope))).toBe(0)
    })
  },
)
