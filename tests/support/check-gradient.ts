import { expect } from 'vitest'
import { gradients } from '../../src/autodiff/index.ts'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  constant,
  type Input,
  input,
  mul,
  reduceSum,
  type Value,
  writeModel,
} from '../../src/onnx/index.ts'
import { type NamedTensors, openSession, type Session } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { random } from './random-tensor.ts'

type Float = Tensor<'float32' | 'float64'>

/** What {@link checkGradient} checks. */
export interface GradientCheck {
  /** Where the function is differentiated: content by the name of the argument. */
  readonly at: Readonly<Record<string, Float>>
  /** The function, from the arguments as Values to a Value of any shape. */
  readonly of: (values: Readonly<Record<string, Value>>) => Value
  /** Arguments that are given but not differentiated by. */
  readonly fixed?: NamedTensors
  /** Half the distance of the two points of a difference. A function that is linear in each
   * argument alone has no error from a large step. Default 1e-5 (float64) or 1e-2 (float32). */
  readonly step?: number
  /** How far off a gradient may be, as a share of the largest. Default 1e-7 or 3e-3. */
  readonly tolerance?: number
}

/**
 * Compares the gradients of Σ f · r, r fixed random numbers, with central differences
 * (f(x + h) − f(x − h)) · r / 2h in each element of each argument. The differences are summed in
 * float64, whatever the graph computes in. For tests only.
 */
export async function checkGradient(check: GradientCheck): Promise<void> {
  const { at, of, fixed = {} } = check
  const names = Object.keys(at)
  const all: NamedTensors = { ...fixed, ...at }
  const inputs: Record<string, Input> = {}
  for (const [name, { shape, dtype }] of Object.entries(all))
    inputs[name] = input(name, shape, dtype)
  const f = of(inputs)
  const dtype = f.dtype as 'float32' | 'float64'
  const r = random(dtype, f.shape, rngFromSeed(7))
  const wrt = names.map((name) => inputs[name]!)
  const slopes = gradients(reduceSum(mul(f, constant(r))), wrt)
  slopes.forEach((slope, i) => {
    expect(slope.shape, `shape of the gradient by ${names[i]}`).toEqual(wrt[i]!.shape)
    expect(slope.dtype, `dtype of the gradient by ${names[i]}`).toBe(wrt[i]!.dtype)
  })
  const outputs = { f, ...Object.fromEntries(slopes.map((slope, i) => [`d_${names[i]}`, slope])) }
  const session = await openSession(writeModel(outputs), { threads: 1 })
  try {
    const feeds = pick(all, session)
    const found = await session.run(feeds)
    expect(found.f!.shape, 'shape of the function').toEqual(f.shape)
    for (const name of names) {
      const numeric = await differences({ session, feeds, name, r, step: stepOf(check, name) })
      const analytic = found[`d_${name}`]!
      expect(analytic.shape, `shape of the gradient by ${name} as computed`).toEqual(
        all[name]!.shape,
      )
      compare(name, analytic, numeric, toleranceOf(check, name))
    }
  } finally {
    await session.close()
  }
}

const stepOf = ({ at, step }: GradientCheck, name: string): number =>
  step ?? (at[name]!.dtype === 'float64' ? 1e-5 : 1e-2)

const toleranceOf = ({ at, tolerance }: GradientCheck, name: string): number =>
  tolerance ?? (at[name]!.dtype === 'float64' ? 1e-7 : 3e-3)

/** An argument that the graph does not need is not fed: its gradient does not depend on it. */
function pick(all: NamedTensors, session: Session): NamedTensors {
  return Object.fromEntries(session.inputNames.map((name) => [name, all[name]!]))
}

async function differences(place: {
  readonly session: Session
  readonly feeds: NamedTensors
  readonly name: string
  readonly r: Float
  readonly step: number
}): Promise<Float64Array> {
  const { session, feeds, name, r, step } = place
  const given = feeds[name] as Float
  const slopes = new Float64Array(given.data.length)
  for (let i = 0; i < slopes.length; i++) {
    const sides: { x: number; f: Tensor['data'] }[] = []
    for (const h of [step, -step]) {
      const moved = tensor(given.dtype, given.shape, given.data.slice() as Float32Array)
      moved.data[i] = given.data[i]! + h
      const { f } = await session.run({ ...feeds, [name]: moved }, ['f'])
      sides.push({ x: moved.data[i]!, f: f!.data })
    }
    const [up, down] = sides as [(typeof sides)[0], (typeof sides)[0]]
    let sum = 0
    for (let j = 0; j < r.data.length; j++)
      sum += (Number(up.f[j]) - Number(down.f[j])) * r.data[j]!
    // what h really was, after rounding
    slopes[i] = sum / (up.x - down.x)
  }
  return slopes
}

function compare(name: string, analytic: Tensor, numeric: Float64Array, tolerance: number): void {
  const scale = numeric.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-2)
  numeric.forEach((wanted, i) => {
    const got = Number(analytic.data[i])
    if (!(Math.abs(got - wanted) <= tolerance * scale))
      expect.fail(
        `gradient by ${name}[${i}]: got ${got}, central difference ${wanted}, allowed ${tolerance * scale} off`,
      )
  })
}
