import { z } from 'zod'
import { fileSettingsSchema, modelNamePattern } from '../../encoders/index.ts'
import type { CurationRecipe } from './open-retriever.ts'

const count = z.int().positive()
const positive = z.number().positive()
const share = z.number().min(0).max(1)
const range = z.tuple([z.number(), z.number()]).readonly()
const areas = z.tuple([positive.max(1), positive.max(1)]).readonly()

const network = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compact').exactOptional(),
    widths: z.array(count).min(2),
    blocks: z.array(z.int().min(0)),
    dimension: count,
  }),
  z.strictObject({
    kind: z.literal('vision-transformer'),
    size: z.union([count, z.tuple([count, count]).readonly()]),
    patch: count,
    dimension: count,
    depth: count,
    heads: count,
    hidden: count.exactOptional(),
    pooling: z.enum(['class', 'mean']).exactOptional(),
    registers: z.int().min(0).exactOptional(),
    layerScale: positive.exactOptional(),
    rematerialize: z.boolean().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('imported'),
    model: z.string().min(1).exactOptional(),
    settings: fileSettingsSchema.exactOptional(),
    trainable: z
      .union([z.enum(['all', 'none']), z.strictObject({ lastLayers: count })])
      .exactOptional(),
    batchNormalization: z.enum(['batch', 'running']).exactOptional(),
    rate: z.number().min(0).exactOptional(),
    dimension: count.exactOptional(),
  }),
])

const chance = { probability: share }
const augmentation = z.strictObject({
  size: count.exactOptional(), // the phases say it
  area: areas,
  aspect: range,
  rotationDegrees: range,
  flip: share,
  perspective: z.strictObject({ ...chance, strength: share }),
  light: z.strictObject({
    ...chance,
    brightness: range,
    contrast: range,
    saturation: range,
    hueDegrees: range,
    gamma: range,
  }),
  blur: z.strictObject({ ...chance, sigma: range }),
})

const shared = {
  name: z
    .string()
    .regex(modelNamePattern, 'wanted small letters, digits, hyphens and dots, as in "my-shop"'),
  network,
  cataloguePicturesOnly: z.boolean().exactOptional(),
  phases: z.array(z.strictObject({ epochs: count, size: count.max(4096) })).min(1),
  totalSteps: z.tuple([count, count]).readonly().exactOptional(),
  productsPerBatch: count,
  picturesPerProduct: count,
  augmentation,
  optimizer: z.strictObject({
    peakLearningRate: positive,
    warmUp: share,
    weightDecay: z.number().min(0),
  }),
  servedSize: count.max(4096),
  validateEvery: count,
  patience: count,
}

/** The schema of a {@link CurationRecipe}, for one that was written by somebody else. */
export const recipeSchema: z.ZodType<CurationRecipe> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('triplet'),
    ...shared,
    loss: z.strictObject({
      margin: positive,
      mining: z.enum(['multi-similarity', 'semi-hard', 'all']).exactOptional(),
      minerEpsilon: z.number().min(0),
    }),
  }),
  z.strictObject({
    kind: z.literal('proxy'),
    ...shared,
    loss: z.strictObject({ scale: positive, smoothing: z.number().min(0).lt(1) }),
  }),
  z.strictObject({
    kind: z.literal('attributes'),
    ...shared,
    attributes: z
      .array(
        z.strictObject({
          name: z.string(),
          from: z.array(z.string()).min(1),
          words: z.array(z.string()).exactOptional(),
        }),
      )
      .exactOptional(),
    text: z.string().min(1),
    hidden: z.array(count),
  }),
  z.strictObject({
    kind: z.literal('dino'),
    ...shared,
    crops: z.strictObject({ globalArea: areas, localArea: areas, localSize: positive.max(1) }),
    head: z.strictObject({ hidden: count, bottleneck: count, prototypes: count }),
    studentTemperature: positive,
    teacher: z.strictObject({
      momentum: share,
      temperature: z.strictObject({ start: positive, end: positive, warmUp: positive.max(1) }),
      centreMomentum: share.exactOptional(),
    }),
    clipNorm: positive,
  }),
])
