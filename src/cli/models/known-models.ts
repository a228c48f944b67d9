import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  cacheFolder,
  type Environment,
  listPulled,
  type ModelCard,
  type PulledModel,
  readModelFolder,
} from '../../encoders/index.ts'

/** A model that is on this machine. */
export interface KnownModel {
  /** What is given to `--model`. */
  readonly name: string
  readonly place: 'shipped' | 'pulled'
  readonly path: string
  readonly bytes: number
  /** Values in a vector, where it says so. */
  readonly dimension?: number
  /** Where it has one. */
  readonly card?: ModelCard
  /** Commit or checksum of what was pulled. */
  readonly exactly?: string
  readonly pulledAt?: string
  /** As the source of what was pulled states it. */
  readonly licence?: string
  /** What it is, where there is no card that says so. */
  readonly description?: string
}

/** The shipped models, then the pulled ones, each by name. */
export async function knownModels(shipped: string, env: Environment): Promise<KnownModel[]> {
  const names = (await readdir(shipped).catch(() => [])).sort()
  const own = await Promise.all(
    names.map(async (name): Promise<KnownModel[]> => {
      const path = join(shipped, name)
      const card = await cardOf(path)
      if (card === undefined) return []
      const { size } = await stat(join(path, 'model.onnx'))
      const { dimension } = card
      return [{ name, place: 'shipped', path, bytes: size, dimension, card }]
    }),
  )
  const pulled = await listPulled(cacheFolder(env))
  return [...own.flat(), ...(await Promise.all(pulled.map(describePulled)))]
}

/** A pulled model as it is listed. */
export async function describePulled({ path, record }: PulledModel): Promise<KnownModel> {
  const card = await cardOf(path)
  const dimension = card?.dimension ?? (await hubDimension(path))
  return {
    name: record.spec,
    place: 'pulled',
    path,
    bytes: record.files.reduce((sum, file) => sum + file.bytes, 0),
    exactly: record.exactly,
    pulledAt: record.pulledAt,
    ...(record.description === undefined ? {} : { description: record.description }),
    ...(record.licence === undefined ? {} : { licence: record.licence }),
    ...(dimension === undefined ? {} : { dimension }),
    ...(card === undefined ? {} : { card }),
  }
}

/** The card in a model folder; undefined where there is none or it does not fit its model. */
function cardOf(folder: string): Promise<ModelCard | undefined> {
  return readModelFolder(folder).then(
    ({ card }) => card,
    () => undefined,
  )
}

const configSchema = z.looseObject({
  projection_dim: z.int().optional(),
  hidden_size: z.int().optional(),
})

/** What the configuration of a hub's model says of its vectors. */
function hubDimension(folder: string): Promise<number | undefined> {
  return readFile(join(folder, 'config.json'), 'utf8')
    .then((text) => {
      const config = configSchema.safeParse(JSON.parse(text))
      return config.data?.projection_dim ?? config.data?.hidden_size
    })
    .catch(() => undefined)
}
