import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidInput, messageOf, notFound, writeFileAtomic } from '../core/index.ts'
import { type ModelCard, modelCardSchema } from './card.ts'

/** A model as it lies in a folder: its card and the bytes of its graph. */
export interface ModelFolder {
  readonly card: ModelCard
  readonly model: Uint8Array
}

/** Writes a model folder; the card gets the hash of the model. */
export async function writeModelFolder(
  folder: string,
  { card, model }: { readonly card: Omit<ModelCard, 'sha256'>; readonly model: Uint8Array },
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const whole = modelCardSchema.parse({ ...card, sha256: hashOf(model) })
  await writeFileAtomic(join(folder, 'model.onnx'), model)
  await writeFileAtomic(join(folder, 'model.json'), `${JSON.stringify(whole, null, 2)}\n`)
}

/**
 * Reads a model folder.
 * @throws NotFound when a file is missing; InvalidInput when the card is wrong or the model is not
 *   the one that the card describes
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const card = parseCard(join(folder, 'model.json'), await readPart(folder, 'model.json'))
  const model = await readPart(folder, 'model.onnx')
  const hash = hashOf(model)
  if (hash !== card.sha256)
    throw invalidInput(
      `${join(folder, 'model.onnx')}: its SHA-256 is ${hash.slice(0, 12)}..., the card says ${card.sha256.slice(0, 12)}...; copy the model folder again`,
    )
  return { card, model }
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name)
  return readFile(path).catch((cause: unknown) => {
    throw notFound(
      `${path}: cannot be read (${(cause as { code?: string }).code ?? messageOf(cause)}); a model folder holds model.onnx and model.json`,
      { cause },
    )
  })
}

function parseCard(path: string, bytes: Uint8Array): ModelCard {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw invalidInput(`${path}: is not JSON (${messageOf(cause)}); copy the model folder again`)
  }
  const parsed = modelCardSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalidInput(
    `${path}: ${issue?.path.join('.') ?? 'card'}: ${issue?.message ?? 'wrong'}; copy the model folder again`,
  )
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
