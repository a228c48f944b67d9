import { z } from 'zod'
import { invalidInput, messageOf } from '../../core/index.ts'

/** The most nodes of a graph that is read; the largest of the known models have some 2,000. */
const mostNodes = 20_000

const text = z.string().max(1000)

/** Attributes are as protobuf writes them as JSON: 64-bit numbers and bytes are texts. */
const nodeSchema = z.looseObject({
  name: text,
  op: text,
  input: z.array(text).max(mostNodes).default([]),
  attr: z.record(text, z.unknown()).default({}),
})

const weightSchema = z.looseObject({
  name: text,
  shape: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 31),
    )
    .max(8),
  dtype: text,
  quantization: z
    .looseObject({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().default(1),
      min: z.number().default(0),
    })
    .optional(),
})

const signatureSchema = z.looseObject({
  outputs: z.record(text, z.looseObject({ name: text.optional() })).optional(),
})

const modelSchema = z.looseObject({
  format: z.string().optional(),
  signature: signatureSchema.nullish(),
  userDefinedMetadata: z.looseObject({ signature: signatureSchema.optional() }).nullish(),
  modelTopology: z.looseObject({ node: z.array(nodeSchema).min(1).max(mostNodes) }),
  weightsManifest: z
    .array(
      z.looseObject({
        paths: z.array(text).max(10_000),
        weights: z.array(weightSchema).max(mostNodes),
      }),
    )
    .max(10_000),
})

/** One operator of a graph of TensorFlow.js. */
export type TfNode = Readonly<z.infer<typeof nodeSchema>>
/** Where the bytes of one tensor lie. */
export type WeightEntry = Readonly<z.infer<typeof weightSchema>>

/** What a `model.json` says. */
export interface ModelJson {
  readonly nodes: readonly TfNode[]
  /** Each with the files that hold its tensors one after another. */
  readonly groups: readonly {
    readonly paths: readonly string[]
    readonly weights: readonly WeightEntry[]
  }[]
  /** The node of each output, by the name that the model gives it; empty where it names none. */
  readonly outputs: ReadonlyMap<string, string>
}

/**
 * Reads the text of a `model.json`.
 * @throws InvalidInput when it is no graph model of TensorFlow.js
 */
export function parseModelJson(json: string, place: string): ModelJson {
  let raw: unknown
  try {
    raw = JSON.parse(json)
  } catch (cause) {
    throw invalidInput(`${place}: is not JSON (${messageOf(cause)}); copy the model again`, {
      cause,
    })
  }
  const parsed = modelSchema.safeParse(raw)
  const format = (raw as { format?: unknown } | null)?.format
  if (format === 'layers-model')
    throw invalidInput(
      `${place}: is a layers model of TensorFlow.js, wanted a graph model; convert it with tensorflowjs_converter --output_format tfjs_graph_model`,
    )
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalidInput(
      `${place}: is no graph model of TensorFlow.js (${issue?.path.join('.')}: ${issue?.message}); wanted a model.json with modelTopology and weightsManifest`,
    )
  }
  const { modelTopology, weightsManifest, signature, userDefinedMetadata } = parsed.data
  const outputs = (signature ?? userDefinedMetadata?.signature)?.outputs ?? {}
  return {
    nodes: modelTopology.node,
    groups: weightsManifest,
    outputs: new Map(
      Object.entries(outputs).map(([key, { name }]) => [nodeOf(key), nodeOf(name ?? key)]),
    ),
  }
}

/** The node of a reference: `dense/BiasAdd:0` is the first output of `dense/BiasAdd`. */
export const nodeOf = (reference: string): string => reference.replace(/:\d+$/, '')

/** Which output of its node a reference means. */
export const outputOf = (reference: string): number => Number(/:(\d+)$/.exec(reference)?.[1] ?? 0)
