import { z } from 'zod'
import { type FileSettings, layouts, poolings } from '../encoders/index.ts'
import type { CommandContext } from './command.ts'
import type { EncoderChoice } from './shipped-encoder.ts'

/** `--mean 0.5` or `--mean 0.485,0.456,0.406`. */
const numberOrThree = z.string().transform((text, context) => {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [first = 0, second = 0, third = 0] = numbers
  if (numbers.every(Number.isFinite)) {
    if (numbers.length === 1) return first
    if (numbers.length === 3) return [first, second, third] as [number, number, number]
  }
  context.addIssue({ code: 'custom', message: 'wanted one number or three: 0.485,0.456,0.406' })
  return z.NEVER
})

/** The options that say what a plain .onnx file does not say itself. */
export const networkOptions = {
  inputSize: z.coerce
    .number()
    .int()
    .min(8)
    .max(4096)
    .optional()
    .describe('pixels a side, for an .onnx file that takes any'),
  mean: numberOrThree
    .optional()
    .describe('subtracted from channels in [0, 1], for .onnx files: 0.5 or 0.485,0.456,0.406'),
  std: numberOrThree.optional().describe('divides the channels after that, for .onnx files'),
  layout: z.enum(layouts).optional().describe('axes of the pictures, for .onnx files'),
  output: z.string().optional().describe('name of the output that is the vector, for .onnx files'),
  pooling: z
    .enum(poolings)
    .optional()
    .describe('how tokens or a map of features become the vector, for .onnx files'),
} as const

/** The options by which every command takes an encoder: the model, and what a plain file does not say. */
export const modelOptions = {
  model: z
    .string()
    .optional()
    .describe(
      'name of a shipped model, model folder, file:path.onnx, hf:owner/name or npm:package@version/path; default: grocery-triplet, or the one an index was made with',
    ),
  encoder: z
    .array(z.string())
    .default([])
    .describe('as --model, given once for each of several encoders that search together'),
  ...networkOptions,
} as const

/** What {@link modelOptions} parse to. */
type ModelOptions = z.output<z.ZodObject<typeof modelOptions>>

/** What these options choose; models that are not here yet are pulled. */
export function encoderChoice(
  options: Partial<ModelOptions> & { readonly threads?: number | undefined },
  { cwd, env, progress, signal }: CommandContext,
): EncoderChoice {
  const { model, encoder: encoders, threads } = options
  return {
    model,
    encoders,
    settings: settingsOf(options),
    cwd,
    threads,
    pull: { env, progress, signal },
  }
}

/** What {@link networkOptions} say of a network. */
export function settingsOf(options: Partial<ModelOptions>): FileSettings {
  const { inputSize: size, mean, std, layout, output, pooling } = options
  return { size, mean, std, layout, output, pooling }
}
