import { z } from 'zod'
import type { Command } from './command.ts'

/** One option as its user sees it, read from the command's schema. */
export interface CommandOption {
  /** The field of the schema, `topCount`. */
  readonly key: string
  /** What is typed after `--`, `top-count`. */
  readonly flag: string
  readonly kind: 'switch' | 'number' | 'text'
  /** May be given more than once. */
  readonly many: boolean
  readonly required: boolean
  readonly description: string
  readonly default: unknown
  /** What a value must be, in words: `a whole number from 1 to 1000`. */
  readonly wanted: string
}

interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** The options of a command in the order of its schema. */
export function optionList(command: Command): CommandOption[] {
  // Zod's own JSON schema says all that help needs, through any wrapping of defaults and optionals.
  const schema = z.toJSONSchema(command.options, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
  return Object.entries(schema.properties ?? {}).map(([key, field]) => {
    const value = field.type === 'array' ? (field.items ?? {}) : field
    return {
      key,
      flag: flagOf(key),
      kind: kindOf(value),
      many: field.type === 'array',
      required: schema.required?.includes(key) === true,
      description: field.description ?? '',
      default: field.default,
      wanted: wantedOf(value),
    }
  })
}

/** `topCount` as it is typed: `top-count`. */
function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function kindOf({ type }: JsonSchema): CommandOption['kind'] {
  if (type === 'boolean') return 'switch'
  return type === 'number' || type === 'integer' ? 'number' : 'text'
}

function wantedOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`
  if (schema.type !== 'number' && schema.type !== 'integer') return 'a text'
  const noun = schema.type === 'integer' ? 'a whole number' : 'a number'
  // Zod bounds every whole number by what a double holds exactly; that is no news to anybody.
  const minimum = schema.minimum === Number.MIN_SAFE_INTEGER ? undefined : schema.minimum
  const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`
  const bounds = [
    minimum === undefined ? '' : `at least ${minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `above ${schema.exclusiveMinimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    schema.exclusiveMaximum === undefined ? '' : `below ${schema.exclusiveMaximum}`,
  ].filter((bound) => bound !== '')
  return [noun, bounds.join(' and ')].filter((part) => part !== '').join(' ')
}
