import type { Rng } from '../core/index.ts'
import type { Parameter, StateUpdate, Value } from '../onnx/index.ts'

/** Whether a layer is being trained. */
export type Mode = Training | { readonly kind: 'inference' }

/** In training a layer normalises by its batch, reports its running statistics, and may drop elements. */
export interface Training {
  readonly kind: 'training'
  /** What the running statistics become. */
  readonly updates: StateUpdate[]
  /** [] float32, the number of the step (or of the batch, where several make one): chance must follow from it alone, so that a run can resume. */
  readonly step: Value
  /** Where layers draw the constants of their chance from, while the graph is built. */
  readonly rng: Rng
}

/** A part of a network: parameters, and a function from Value to Value that uses them. */
export interface Layer {
  apply(x: Value, mode: Mode): Value
  /** Its parameters by names of its own; default: those that its fields hold. */
  learned?(): ReadonlyMap<string, Parameter>
}

/**
 * Every parameter below a layer with its path: `stages.0.conv.weight`. The order is that of the
 * fields, so it is the same for every network built by the same code. What stands in several places
 * (shared layers, tied weights) is there once, by the first of its paths.
 */
export function parametersOf(layer: object): Map<string, Parameter> {
  const found = new Map<string, Parameter>()
  const seen = new Set<object>()
  const visit = (thing: unknown, path: string): void => {
    if (typeof thing !== 'object' || thing === null || seen.has(thing)) return
    seen.add(thing)
    if (isParameter(thing)) found.set(path, thing)
    else if (!ArrayBuffer.isView(thing))
      for (const [name, part] of named(thing)) visit(part, path === '' ? name : `${path}.${name}`)
  }
  visit(layer, '')
  return found
}

/** How many numbers a layer learns. */
export function countParameters(layer: object): number {
  const weights = [...parametersOf(layer).values()].filter(({ role }) => role === 'weight')
  return weights.reduce((sum, { data }) => sum + data.length, 0)
}

/** The parts of a thing by the names that lead to them. */
function named(thing: object): Iterable<readonly [string, unknown]> {
  const { learned } = thing as Partial<Layer>
  return typeof learned === 'function' ? learned.call(thing) : Object.entries(thing)
}

function isParameter(thing: object): thing is Parameter {
  return (thing as { kind?: unknown }).kind === 'parameter'
}
