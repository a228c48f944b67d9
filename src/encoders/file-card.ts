import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { invalidInput, messageOf, notFound } from '../core/index.ts'
import type { Preprocessing } from '../data/index.ts'
import { poolings } from './feature-output.ts'
import { layouts } from './picture-input.ts'

const numberOrThree = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])])

/** What `<name>.json` says of the plain `<name>.onnx` beside it, or the user in its place. */
export const fileSettingsSchema = z.strictObject({
  /** Side of the square input in pixels; default: what the graph says. */
  size: z.int().min(1).max(4096).optional(),
  fit: z.enum(['stretch', 'cover', 'contain']).optional(),
  /** y = (x / 255 - mean) / std, one number or one a channel. */
  mean: numberOrThree.optional(),
  std: numberOrThree.optional(),
  layout: z.enum(layouts).optional(),
  output: z.string().min(1).optional(),
  pooling: z.enum(poolings).optional(),
  /** SPDX name of the licence that the model may be used under. */
  licence: z.string().min(1).optional(),
})

/** See {@link fileSettingsSchema}; a setting that is undefined is not given. */
export type FileSettings = {
  readonly [Key in keyof z.infer<typeof fileSettingsSchema>]:
    | z.infer<typeof fileSettingsSchema>[Key]
    | undefined
}

const longestCardBytes = 1 << 20

/**
 * The settings of a plain file: the card beside it, overruled by what is given.
 * @throws InvalidInput when the card is wrong
 */
export async function settingsOf(path: string, given: FileSettings): Promise<FileSettings> {
  const card = path.replace(/\.onnx$/i, '.json')
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const size = await stat(card).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
  if (card === path || size === undefined) return own
  if (size > longestCardBytes) throw invalidInput(`${card}: is ${size} bytes long; that is no card`)
  return { ...parseCard(card, await readFile(card, 'utf8')), ...own }
}

function parseCard(card: string, text: string): FileSettings {
  try {
    const parsed = fileSettingsSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw invalidInput(
      `${card}: ${issue?.path.join('.') || 'card'}: ${issue?.message ?? 'wrong'}; wanted size, fit, mean, std, layout, output, pooling or licence`,
    )
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw invalidInput(`${card}: is not JSON (${messageOf(cause)}); correct or remove it`)
  }
}

/**
 * How pictures are made ready for a plain file.
 * @param axes of the graph's input
 * @throws InvalidInput, naming the remedy, where nothing says it
 */
export function preprocessingOf(
  path: string,
  settings: FileSettings,
  axes: readonly (number | string)[],
): Preprocessing {
  const { mean, std, fit = 'stretch' } = settings
  const [high, wide] = settings.layout === 'NHWC' ? [axes[1], axes[2]] : [axes[2], axes[3]]
  const channels = settings.layout === 'NHWC' ? axes[3] : axes[1]
  const shown = `[${axes.map((axis) => axis || '?').join(', ')}]`
  if (axes.length !== 4 || (typeof channels === 'number' && channels > 0 && channels !== 3))
    throw invalidInput(
      `${path}: takes ${shown}, wanted pictures [N, 3, size, size]${axes[3] === 3 ? '; give --layout NHWC' : '; it is no encoder of pictures'}`,
    )
  const fixed = [high, wide].filter((axis) => typeof axis === 'number' && axis > 0)
  const size = settings.size ?? (fixed.length === 2 && high === wide ? Number(high) : undefined)
  if (size === undefined)
    throw invalidInput(
      `${path}: takes ${shown} and nothing says how large pictures are; give --input-size 224, or a card beside it`,
    )
  if (fixed.some((axis) => axis !== size))
    throw invalidInput(`${path}: takes ${shown}, the input size given is ${size}; leave it out`)
  if (mean === undefined || std === undefined)
    throw invalidInput(
      `${path}: nothing says how pixels are normalised; give --mean and --std (0.5 and 0.5 for -1 to 1; 0.485,0.456,0.406 and 0.229,0.224,0.225 as ImageNet has it), or a card beside it`,
    )
  const deviations = channelsOf(std)
  if (!deviations.every((x) => x > 0))
    throw invalidInput(`${path}: std is ${deviations.join(', ')}, wanted numbers above 0`)
  return { size, fit, mean: channelsOf(mean), std: deviations }
}

function channelsOf(value: number | readonly [number, number, number]) {
  return typeof value === 'number' ? ([value, value, value] as const) : value
}

/** @throws NotFound when there is nothing at the path */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  const found = await stat(path).catch((cause: unknown) => {
    throw notFound(`${path}: there is no model here; name a model folder or an .onnx file`, {
      cause,
    })
  })
  return found.isDirectory() ? 'folder' : 'file'
}
