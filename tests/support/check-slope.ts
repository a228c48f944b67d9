import { gradients } from '../../src/autodiff/index.ts'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  constant,
  mul,
  type Parameter,
  reduceSum,
  type Value,
  writeModel,
} from '../../src/onnx/index.ts'
import { type NamedTensors, openSession } from '../../src/runtime/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { expectClose } from './expect-close.ts'
import { random } from './random-tensor.ts'

/** What {@link checkSlope} compares. For tests only. */
export interface SlopeCheck {
  readonly output: Value
  readonly weight: Parameter
  /** The inputs that the output needs, and no others. */
  readonly feeds: NamedTensors
  /** How far off the slope may be, as a share of it. */
  readonly tolerance: number
}

/**
 * Compares the slope of Σ output · r along its own gradient with a central difference. There it
 * is |g|, far above the rounding of float32 and the bends of thousands of kinks; a wrong g would point elsewhere,
 * and the difference would be smaller. For tests only.
 */
export async function checkSlope({ output, weight, feeds, tolerance }: SlopeCheck): Promise<void> {
  const r = random('float32', output.shape, rngFromSeed(5))
  const [slope] = gradients(reduceSum(mul(output, constant(r))), [weight])
  const parameterInputs = new Map([[weight, 'weight']])
  const session = await openSession(writeModel({ output, slope: slope! }, { parameterInputs }))
  try {
    const found = await session.run({ ...feeds, weight }, ['slope'])
    const g = Float64Array.from(found.slope!.data as Float32Array)
    const length = Math.sqrt(g.reduce((sum, x) => sum + x * x, 0))
    const projected = async (h: number): Promise<number> => {
      const moved = Float32Array.from(
        weight.data as Float32Array,
        (x, i) => x + (h * g[i]!) / length,
      )
      const given = { ...feeds, weight: tensor('float32', weight.shape, moved) }
      const { output: y } = await session.run(given, ['output'])
      return r.data.reduce((sum, x, i) => sum + x * Number(y!.data[i]), 0)
    }
    const h = 0.01 / length
    expectClose([((await projected(h)) - (await projected(-h))) / (2 * h)], [length], tolerance)
  } finally {
    await session.close()
  }
}
