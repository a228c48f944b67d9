import type { InferenceSession } from 'onnxruntime-node'
import { type AppError, invalidInput, messageOf } from '../core/index.ts'
import { formatShape, type Tensor } from '../tensor/index.ts'

/** A run that failed. */
export interface FailedRun {
  /** Names the model in messages. */
  readonly place: string
  /** What the model takes. */
  readonly inputs: readonly InferenceSession.ValueMetadata[]
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly error: unknown
}

/** Why a run failed: a feed that is missing or not what the model takes, or what onnxruntime says. */
export function explainRun({ place, inputs, feeds, error }: FailedRun): AppError {
  const context = { cause: error }
  for (const wanted of inputs) {
    const given = feeds[wanted.name]
    const what = `${place}: its input "${wanted.name}"`
    if (given === undefined) {
      const others = Object.keys(feeds).map((name) => `"${name}"`)
      return invalidInput(
        `${what} is not fed, ${others.length === 0 ? 'nothing' : `only ${others.join(', ')}`} is; feed it ${described(wanted)}`,
        context,
      )
    }
    if (!fits(given, wanted))
      return invalidInput(
        `${what} is fed ${given.dtype} ${formatShape(given.shape)}, it takes ${described(wanted)}`,
        context,
      )
  }
  return invalidInput(`${place}: ${firstLine(error)}`, context)
}

/** The first line of what onnxruntime says, which may go on for pages. */
export function firstLine(error: unknown): string {
  return (messageOf(error).split('\n', 1)[0] ?? '').slice(0, 600)
}

function fits({ dtype, shape }: Tensor, wanted: InferenceSession.ValueMetadata): boolean {
  if (!wanted.isTensor) return true
  const axes = wanted.shape
  const agree = axes.every((axis, i) => typeof axis === 'string' || axis === shape[i])
  return wanted.type === dtype && axes.length === shape.length && agree
}

/** `float32 [N, 3, 224, 224]`, `?` where an axis has neither size nor name. */
function described(wanted: InferenceSession.ValueMetadata): string {
  if (!wanted.isTensor) return 'something that is no tensor'
  return `${wanted.type} [${wanted.shape.map((axis) => (axis === '' ? '?' : axis)).join(', ')}]`
}
