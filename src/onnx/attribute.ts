import type { Tensor } from '../tensor/index.ts'

/** A node's attribute; the type is part of the format, so it is part of the value. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor }

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** An integer attribute. */
export const int = (value: number): Attribute => ({ type: 'int', value })

/** A list of integers. */
export const ints = (value: readonly number[]): Attribute => ({ type: 'ints', value })

/** A float attribute: the file has 32 bits of it, so that no rule may go by more. */
export const float = (value: number): Attribute => ({ type: 'float', value: Math.fround(value) })

/** A text attribute. */
export const text = (value: string): Attribute => ({ type: 'string', value })

/** The value of an int attribute, or what holds when it is left out. */
export function intOf(attributes: Attributes, name: string, otherwise: number): number {
  const attribute = attributes[name]
  return attribute?.type === 'int' ? attribute.value : otherwise
}

/** The value of an ints attribute, or what holds when it is left out. */
export function intsOf(
  attributes: Attributes,
  name: string,
  otherwise: readonly number[],
): readonly number[] {
  const attribute = attributes[name]
  return attribute?.type === 'ints' ? attribute.value : otherwise
}

/** The value of a text attribute, or what holds when it is left out. */
export function textOf(attributes: Attributes, name: string, otherwise: string): string {
  const attribute = attributes[name]
  return attribute?.type === 'string' ? attribute.value : otherwise
}

/** The value of a float attribute, or what holds when it is left out. */
export function floatOf(attributes: Attributes, name: string, otherwise: number): number {
  const attribute = attributes[name]
  return attribute?.type === 'float' ? attribute.value : otherwise
}

/** Attributes but for those of these names. */
export const without = (attributes: Attributes, ...names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
