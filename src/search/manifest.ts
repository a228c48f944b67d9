import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type AppError, invalidInput, notFound, writeFileAtomic } from '../core/index.ts'
import { codesBytes } from './code-tiles.ts'
import { precisions, rowFormats } from './row-format.ts'

/** The layout this version reads and writes. */
const format = 1
const longestManifestBytes = 1 << 20

const fileRecord = z.strictObject({
  bytes: z.int().min(0),
  /** SHA-256 of the whole file, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const encoderRecord = z.strictObject({
  name: z.string().min(1).max(1000),
  dimension: z.int().min(1).max(65_536),
  /** Hash of the encoder's model, so that vectors of another model are never mixed in. */
  hash: z.string().min(1).max(1000),
  /** How much it counts in a search that says nothing else; default: all the same. */
  weight: z.number().min(0).max(1).optional(),
})

/** How an index is searched: by a look at every row, or through a graph of near ones. */
export const searchMethods = ['exact', 'hnsw'] as const

/** One of {@link searchMethods}. */
export type SearchMethod = (typeof searchMethods)[number]

const manifestSchema = z
  .strictObject({
    format: z.literal(format),
    /** Grows by one with each change; the data files carry it in their names. */
    generation: z.int().min(1),
    /** Values in a row: the encoders' dimensions together. */
    dimension: z.int().min(1).max(1_048_576),
    count: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    /** The encoders whose vectors lie side by side in a row, in that order. */
    encoders: z.array(encoderRecord).min(1).max(64),
    createdAt: z.iso.datetime(),
    /** Indexes from before there was a choice are all of this kind. */
    precision: z.enum(precisions).default('f32'),
    method: z.enum(searchMethods).default('exact'),
    rows: fileRecord,
    entries: fileRecord,
    /** Of precision i8; `error` is the most that the codes of a row lose, as a length. */
    codes: fileRecord.extend({ error: z.number().min(0) }).optional(),
    /** Of the method hnsw, unless it is empty. */
    graph: fileRecord.optional(),
  })
  .refine((m) => m.dimension === dimensionOf(m.encoders), 'dimension is not the encoders’ sum')
  .refine((m) => new Set(m.encoders.map((e) => e.name)).size === m.encoders.length, {
    error: 'two encoders have one name',
  })
  .refine((m) => m.encoders.some(({ weight = 1 }) => weight > 0), 'no encoder counts')
  .refine(
    (m) => m.rows.bytes === m.count * m.dimension * rowFormats[m.precision].bytesPerValue,
    'rows.bytes is not count x dimension',
  )
  .refine((m) => m.codes?.bytes === (m.precision === 'i8' ? codesBytes(m) : undefined), {
    error: 'codes do not fit the precision',
  })
  .refine((m) => (m.graph !== undefined) === (m.method === 'hnsw' && m.count > 0), {
    error: 'graph does not fit the method',
  })

/** What an index says about itself: `index.json`. */
export type IndexManifest = Readonly<z.infer<typeof manifestSchema>>

/** An encoder whose vectors an index holds. */
export type IndexedEncoder = Readonly<z.infer<typeof encoderRecord>>

/** Length and checksum of a data file. */
export type FileRecord = z.infer<typeof fileRecord>

/** How many values a row has that holds these encoders' vectors side by side. */
export function dimensionOf(encoders: readonly { readonly dimension: number }[]): number {
  return encoders.reduce((sum, encoder) => sum + encoder.dimension, 0)
}

/** Paths of the data files of one generation; the manifest never names a path itself. */
export function generationFiles(
  folder: string,
  { generation, precision }: Pick<IndexManifest, 'generation' | 'precision'>,
) {
  return {
    rows: join(folder, `rows-${generation}.${rowFormats[precision].extension}`),
    codes: join(folder, `codes-${generation}.i8`),
    graph: join(folder, `graph-${generation}.usearch`),
    entries: join(folder, `entries-${generation}.jsonl`),
    scan: join(folder, `scan-${generation}.onnx`),
  }
}

/** The generation a data file's name carries, undefined for any other file. */
export function generationOf(fileName: string): number | undefined {
  const found =
    /^(?:rows|codes|graph|entries|scan)-(\d{1,15})\.(?:f32|f16|i8|usearch|jsonl|onnx)$/.exec(
      fileName,
    )
  return found === null ? undefined : Number(found[1])
}

/** The error for an index that cannot be read as it is. */
export function damaged(path: string, what: string, cause?: unknown): AppError {
  return invalidInput(`${path}: ${what}; build the index again with "vitrine index"`, { cause })
}

/**
 * Reads and checks `index.json`.
 * @throws NotFound when there is none; InvalidInput when it is damaged or of another format
 */
export async function readManifest(folder: string): Promise<IndexManifest> {
  const path = join(folder, 'index.json')
  let value: unknown
  try {
    const { size } = await stat(path)
    if (size > longestManifestBytes)
      throw damaged(path, `is ${size} bytes long, at most ${longestManifestBytes} make sense`)
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw notFound(`${path}: there is no index here; make one with "vitrine index"`)
    if (error instanceof SyntaxError)
      throw damaged(path, `is not JSON (${error.message.slice(0, 200)})`, error)
    throw error
  }
  const version = z.looseObject({ format: z.int() }).safeParse(value)
  if (version.success && version.data.format !== format)
    throw damaged(path, `has format ${version.data.format}, this version reads format ${format}`)
  const checked = manifestSchema.safeParse(value)
  if (!checked.success) throw damaged(path, firstIssue(checked.error), checked.error)
  return checked.data
}

/**
 * Replaces `index.json` in one step.
 * @throws InvalidInput when the manifest is not sound, say without an encoder
 */
export async function writeManifest(folder: string, manifest: IndexManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  await writeFileAtomic(join(folder, 'index.json'), text)
}

/** Checks the encoders a new index is to hold. */
export function checkEncoders(encoders: readonly IndexedEncoder[]): void {
  const checked = manifestSchema.shape.encoders.safeParse(encoders)
  if (!checked.success)
    throw invalidInput(`index: encoders are not usable: ${firstIssue(checked.error)}`)
  const names = encoders.map((encoder) => encoder.name)
  if (new Set(names).size < names.length)
    throw invalidInput(`index: two encoders have one name (${names.join(', ')}); name them apart`)
}

/** A generation number that no file in the folder has used. */
export async function unusedGeneration(folder: string): Promise<number> {
  const used = (await readdir(folder)).map((name) => generationOf(name) ?? 0)
  const current = await readManifest(folder).then(
    (manifest) => manifest.generation,
    () => 0, // damaged or absent: it is about to be replaced
  )
  return Math.max(current, ...used) + 1
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') || 'index'}: ${issue?.message ?? 'not valid'}`
}
