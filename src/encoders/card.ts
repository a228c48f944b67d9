import { z } from 'zod'
import { hubPreprocessingSchema, preprocessingSchema } from '../data/index.ts'

const weightedDifferenceSchema = z.strictObject({
  kind: z.literal('difference'),
  /** How many of the values speak against the same, before those that speak for it. */
  against: z.number().int().min(0),
  bias: z.number(),
})

/**
 * Compares vectors of any length by their differences, the first `against` of them counting against
 * the same and the others for it:
 *
 *   score = bias − Σ_(i < against) |a_i − b_i| + Σ_(i ≥ against) |a_i − b_i|
 */
export type WeightedDifference = z.infer<typeof weightedDifferenceSchema>

/** What a model may be called: small letters, digits, hyphens, and dots inside. */
export const modelNamePattern = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$/

/** What `model.json` says about the `model.onnx` beside it. */
export const modelCardSchema = z.strictObject({
  name: z.string().regex(modelNamePattern),
  version: z.string(),
  job: z.enum(['curation', 'tagging', 'zero-shot', 'listings', 'verification']),
  modality: z.literal('picture'),
  description: z.string(),
  /** Values in a vector. */
  dimension: z.number().int().positive(),
  preprocessing: z.union([preprocessingSchema, hubPreprocessingSchema]),
  /** How two vectors are compared where not by their cosine; see {@link WeightedDifference}. */
  comparison: weightedDifferenceSchema.optional(),
  /** The model that it was fine-tuned from; left out where training began with random weights. */
  origin: z
    .strictObject({
      /** As it was named: a file, `hf:owner/name`, `npm:package@version/path`. */
      model: z.string(),
      /** Of its file and of how pictures were made ready for it. */
      sha256: z.string(),
      /** What is known of its licence, which holds for what is made of it too. */
      licence: z.string(),
    })
    .optional(),
  /** The recipe as it was run. */
  recipe: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  /** What it learned from. */
  data: z.strictObject({ description: z.string(), pictures: z.number().int(), sha256: z.string() }),
  metrics: z.record(z.string(), z.number()),
  licence: z.string(),
  /** Of model.onnx, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** A model's card; see {@link modelCardSchema}. */
export type ModelCard = z.infer<typeof modelCardSchema>
