import { z } from 'zod'
import { invalidInput } from '../../core/index.ts'

/** Filters as `preprocessor_config.json` numbers them (Pillow's order), in transformers.js' form. */
const filters = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'bilinear', 'bilinear'] as const

const side = z.int().min(1).max(4096)
const square = z.strictObject({ width: side, height: side })
const channels = z.tuple([z.number(), z.number(), z.number()])

/** The schema of {@link HubPreprocessing}, as model cards hold it. */
export const hubPreprocessingSchema = z.strictObject({
  resize: z
    .union([z.strictObject({ shortestEdge: side, longestEdge: side.optional() }), square])
    .optional(),
  filter: z.enum(filters),
  /** Of the middle; black where the picture is smaller. */
  crop: square.optional(),
  factor: z.number(),
  mean: channels,
  std: channels,
})

/** How a model from a hub wants its pictures: resize, crop the middle, y = (factor x - mean) / std. */
export type HubPreprocessing = Readonly<z.infer<typeof hubPreprocessingSchema>>
/** How a picture is brought to another size; see {@link HubPreprocessing}. */
export type HubResize = NonNullable<HubPreprocessing['resize']>

const sides = z.union([
  side,
  z.looseObject({ width: side, height: side }),
  z.looseObject({ shortest_edge: side, longest_edge: side.optional() }),
])
const three = z.union([z.number(), channels])

const configSchema = z.looseObject({
  image_processor_type: z.string().optional(),
  feature_extractor_type: z.string().optional(),
  do_resize: z.boolean().optional(),
  size: sides.optional(),
  max_size: side.optional(),
  resample: z.int().min(0).max(5).optional(),
  crop_pct: z.number().positive().max(1).nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: sides.optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().optional(),
  do_normalize: z.boolean().nullish(),
  image_mean: three.optional(),
  image_std: three.optional(),
})
type Config = z.infer<typeof configSchema>

/** Processors that do nothing but resize, crop, rescale and normalise. */
const known =
  /^(CLIP|ViT|DeiT|Bit|Siglip|Siglip2|ConvNext)(ImageProcessor|FeatureExtractor)(Fast)?$/
/** What would change the pixels and is not done here. */
const unknown = ['do_pad', 'do_thumbnail', 'do_crop_margin', 'do_flip_channel_order'] as const
const unknownSizes = ['size_divisor', 'size_divisibility', 'keep_aspect_ratio'] as const

/**
 * Reads a `preprocessor_config.json` as transformers.js 4 does.
 * @throws InvalidInput, naming the place, when it is wrong or asks for what is not done here
 */
export function readHubPreprocessing(config: unknown, place: string): HubPreprocessing {
  const parsed = configSchema.safeParse(config)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalidInput(
      `${place}: ${issue?.path.join('.') || 'config'}: ${issue?.message ?? 'wrong'}; copy the model again`,
    )
  }
  const { data } = parsed
  const processor = data.image_processor_type ?? data.feature_extractor_type ?? 'ViTImageProcessor'
  const strange = [...unknown, ...unknownSizes].find(
    (key) => data[key] === true || isSize(data, key),
  )
  if (!known.test(processor) || strange !== undefined)
    throw invalidInput(
      `${place}: ${strange ?? processor} is not known here, wanted a processor that resizes, crops and normalises (CLIP, ViT, DeiT, BiT, SigLIP, ConvNeXT); export the network alone and give --mean and --std`,
    )
  const filter = filters[data.resample ?? 2]!
  const factor = data.do_rescale === false ? 1 : (data.rescale_factor ?? 1 / 255)
  const normalise = data.do_normalize === true
  if (normalise && (data.image_mean === undefined || data.image_std === undefined))
    throw invalidInput(
      `${place}: normalises without image_mean and image_std; copy the model again`,
    )
  return {
    ...geometry(data, processor.startsWith('ConvNext')),
    filter,
    factor,
    mean: normalise ? eachOfThree(data.image_mean!) : [0, 0, 0],
    std: normalise ? eachOfThree(data.image_std!) : [1, 1, 1],
  }
}

const isSize = (data: Config, key: string): boolean => typeof data[key] === 'number'

function geometry(data: Config, isConvNext: boolean): Pick<HubPreprocessing, 'resize' | 'crop'> {
  const { size } = data
  const doResize = data.do_resize ?? size !== undefined
  if (isConvNext && doResize && typeof size === 'object' && 'shortest_edge' in size) {
    const edge = size.shortest_edge as number
    if (edge >= 384) return { resize: { width: edge, height: edge } }
    return {
      resize: { shortestEdge: Math.floor(edge / (data.crop_pct ?? 224 / 256)) },
      crop: { width: edge, height: edge },
    }
  }
  const crop = data.do_center_crop === true ? data.crop_size : undefined
  return {
    ...(doResize && size !== undefined ? { resize: resizeOf(size, data.max_size) } : {}),
    ...(crop === undefined ? {} : { crop: cropOf(crop) }),
  }
}

function resizeOf(size: z.infer<typeof sides>, maxSize: number | undefined): HubResize {
  if (typeof size === 'number') return { shortestEdge: size, longestEdge: maxSize ?? size }
  if ('shortest_edge' in size)
    return {
      shortestEdge: size.shortest_edge as number,
      longestEdge: size.longest_edge as number | undefined,
    }
  return { width: size.width as number, height: size.height as number }
}

function cropOf(size: z.infer<typeof sides>): { width: number; height: number } {
  if (typeof size === 'number') return { width: size, height: size }
  const { width, height, shortest_edge: edge } = size as Record<string, number | undefined>
  return { width: width ?? edge!, height: height ?? edge! }
}

const eachOfThree = (value: z.infer<typeof three>): HubPreprocessing['mean'] =>
  typeof value === 'number' ? [value, value, value] : value
