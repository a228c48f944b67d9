import type { InferenceSession } from 'onnxruntime-node'
import { type AppError, invalidInput, messageOf } from '../core/index.ts'
import { formatShape, sizeOf, type Tensor } from '../tensor/index.ts'
import { saidBy } from './said-by.ts'

type Wanted = InferenceSession.ValueMetadata
type Given = Readonly<Record<string, Tensor>>

/** A run that failed. */
export interface FailedRun {
  /** Names the model in messages. */
  readonly place: string
  /** What the model takes and gives. */
  readonly session: Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>
  readonly feeds: Given
  readonly fetches: readonly string[] | Given
  readonly error: unknown
}

/** Why a run failed: a tensor that is missing or not what the model takes, or what onnxruntime says. */
export function explainRun({ place, session, feeds, fetches, error }: FailedRun): AppError {
  const context = { cause: error }
  const { inputMetadata: inputs, outputMetadata: outputs } = session
  const known = new Set(inputs.map(({ name }) => name))
  for (const wanted of inputs) {
    const given = feeds[wanted.name]
    const what = `${place}: its input "${wanted.name}"`
    if (given === undefined) {
      const others = Object.keys(feeds).filter((name) => !known.has(name))
      const instead = others.length === 0 ? '' : `, but ${quoted(others)}`
      return invalidInput(`${what} is not fed${instead}; feed it ${described(wanted)}`, context)
    }
    const fault = faultOf(given, wanted)
    if (fault !== undefined)
      return invalidInput(`${what} is fed ${fault}, it takes ${described(wanted)}`, context)
  }
  if (!Array.isArray(fetches))
    for (const wanted of outputs) {
      const given = (fetches as Given)[wanted.name]
      const fault = given === undefined ? undefined : faultOf(given, wanted)
      if (fault !== undefined)
        return invalidInput(
          `${place}: its output "${wanted.name}" is to be written into ${fault}, it is ${described(wanted)}`,
          context,
        )
    }
  return invalidInput(`${place}: ${reasonOf(error)}`, context)
}

/**
 * Makes sure that what is to be computed is among a model's outputs.
 * @throws InvalidInput
 */
export function assertOutputs(
  place: string,
  outputs: ReadonlySet<string>,
  fetches: readonly string[] | Given,
): void {
  if (Array.isArray(fetches)) for (const name of fetches) assertOutput(place, outputs, name)
  else for (const name in fetches) assertOutput(place, outputs, name)
}

function assertOutput(place: string, outputs: ReadonlySet<string>, name: string): void {
  if (!outputs.has(name))
    throw invalidInput(
      `${place}: it has no output "${name}"; its outputs are ${quoted([...outputs])}`,
    )
}

/** What onnxruntime says, the operator first where one failed. */
function reasonOf(error: unknown): string {
  const failed = /running (\S+) node\. Name:'([^']*)' Status Message: (.*)/.exec(messageOf(error))
  if (failed === null) return saidBy(error)
  const [, op, name, status] = failed
  const reason = saidBy(status).split('. ', 1)[0]
  return `${op}${name === '' ? '' : ` "${name}"`} failed (${reason}); look at what it is fed`
}

/** What a tensor is, where it is not what is wanted. */
function faultOf({ dtype, shape, data }: Tensor, wanted: Wanted): string | undefined {
  const given = `${dtype} ${formatShape(shape)}`
  if (data.length !== sizeOf(shape)) return `${given} with ${data.length} elements`
  if (!wanted.isTensor) return undefined
  const axes = wanted.shape
  const agree = axes.every((axis, i) => typeof axis === 'string' || axis === shape[i])
  return wanted.type === dtype && axes.length === shape.length && agree ? undefined : given
}

/** `float32 [N, 3, 224, 224]`, `?` where an axis has neither size nor name. */
function described(wanted: Wanted): string {
  if (!wanted.isTensor) return 'something that is no tensor'
  return `${wanted.type} [${wanted.shape.map((axis) => (axis === '' ? '?' : axis)).join(', ')}]`
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
