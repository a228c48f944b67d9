import { invalidInput, unsupportedOp } from '../../core/index.ts'
import type { DType } from '../../tensor/index.ts'
import type { TfNode } from './model-json.ts'

type Attributes = TfNode['attr']

/** One entry of an attribute: `{ i: "3" }` as `3`; undefined where it is left out. */
function field(attributes: Attributes, name: string, kind: string): unknown {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (typeof attribute !== 'object' || attribute === null) return undefined
  return (attribute as Record<string, unknown>)[kind]
}

function list(attributes: Attributes, name: string, kind: string): readonly unknown[] {
  const entry = field(attributes, name, 'list')
  const items =
    typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[kind] : []
  return Array.isArray(items) ? items : []
}

/** An integer, or what holds when it is left out. */
export function intAttribute(attributes: Attributes, name: string, otherwise: number): number {
  const value = field(attributes, name, 'i')
  return value === undefined ? otherwise : whole(value, name)
}

/** A list of integers; empty when it is left out. */
export const intsAttribute = (attributes: Attributes, name: string): readonly number[] =>
  list(attributes, name, 'i').map((value) => whole(value, name))

/** A number, or what holds when it is left out. */
export function floatAttribute(attributes: Attributes, name: string, otherwise: number): number {
  const value = field(attributes, name, 'f')
  return typeof value === 'number' ? value : otherwise
}

/** Whether it is set. */
export const flag = (attributes: Attributes, name: string): boolean =>
  field(attributes, name, 'b') === true

/** A text, or what holds when it is left out. */
export function textAttribute(attributes: Attributes, name: string, otherwise: string): string {
  const value = field(attributes, name, 's')
  return value === undefined ? otherwise : decoded(value, name)
}

/** A list of texts; empty when it is left out. */
export const textsAttribute = (attributes: Attributes, name: string): readonly string[] =>
  list(attributes, name, 's').map((value) => decoded(value, name))

/** A dtype as Vitrine calls it. */
export function dtypeAttribute(attributes: Attributes, name: string): DType {
  const type = field(attributes, name, 'type')
  const found = dtypes.get(String(type))
  if (found !== undefined) return found
  throw unsupportedOp(`${name} is ${JSON.stringify(type)}, which Vitrine does not compute with`)
}

/** Sizes of axes, -1 for one that may have any; undefined when they are left out. */
export function shapeAttribute(attributes: Attributes, name: string): number[] | undefined {
  const shape = field(attributes, name, 'shape') as { dim?: unknown } | null | undefined
  if (typeof shape !== 'object' || shape === null || !Array.isArray(shape.dim)) return undefined
  return shape.dim.map((dim: { size?: unknown } | null) => whole(dim?.size ?? 0, name))
}

// TensorFlow.js has no other integers than these: it takes int64 for int32
const dtypes: ReadonlyMap<string, DType> = new Map([
  ['DT_FLOAT', 'float32'],
  ['DT_INT32', 'int32'],
  ['DT_INT64', 'int32'],
  ['DT_BOOL', 'bool'],
])

function whole(value: unknown, name: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw invalidInput(`${name} is ${JSON.stringify(value)}, wanted a whole number`)
}

/** Bytes are base64, in older files a list of numbers. */
function decoded(value: unknown, name: string): string {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('latin1')
  if (Array.isArray(value)) return String.fromCharCode(...value.slice(0, 1000).map(Number))
  throw invalidInput(`${name} is ${JSON.stringify(value)}, wanted a text`)
}
