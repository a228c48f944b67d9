import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { invalidInput, messageOf, throwIfAborted } from '../../core/index.ts'
import { openSession, type Session, type SessionOptions } from '../../runtime/index.ts'
import { type Tensor, tensor } from '../../tensor/index.ts'
import type { TextEncoder } from '../encoder.ts'
import { chooseOutput, pooledRows } from '../feature-output.ts'
import { toUnitRows } from '../unit-rows.ts'
import { readJson } from './read-json.ts'

const batchSize = 32

/** The tower for texts of a model from a hub. */
export interface TextSource {
  readonly folder: string
  readonly name: string
}

/**
 * Opens the tower for texts of a folder in the layout of transformers.js: `tokenizer.json` and
 * `onnx/text_model.onnx`, whose output `text_embeds` or `pooler_output` is the vector.
 * @throws NotFound when a file is missing; InvalidInput when one is wrong
 */
export async function openTextEncoder(
  { folder, name }: TextSource,
  options: SessionOptions = {},
): Promise<TextEncoder> {
  const tokenize = await openTokenizer(folder)
  const path = join(folder, 'onnx/text_model.onnx')
  const session = await openSession(path, { ...options, name: path })
  try {
    const output = chooseOutput(path, session.outputNames, {})
    const run = async (texts: readonly string[]) => {
      const { feeds, mask } = feedsOf(path, session, tokenize(texts))
      const results = await session.run(feeds, [output])
      return pooledRows({ place: path, results, output, mask })
    }
    const { dimension } = await run(['a'])
    return {
      name,
      modality: 'text',
      dimension,
      async encode(texts, { signal } = {}) {
        const vectors = new Float32Array(texts.length * dimension)
        for (let start = 0; start < texts.length; start += batchSize) {
          throwIfAborted(signal, name)
          const { rows } = await run(texts.slice(start, start + batchSize))
          vectors.set(rows, start * dimension)
        }
        return toUnitRows(vectors, dimension, name)
      },
      close: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Token ids of a batch, all of one length. */
interface TokenBatch {
  readonly count: number
  readonly length: number
  /** [count, length] */
  readonly ids: BigInt64Array
  /** [count, length] 1 where a token is, 0 where padding is */
  readonly mask: BigInt64Array
}

const configSchema = z.looseObject({
  model_max_length: z.number().optional(),
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
})
const modelSchema = z.looseObject({
  model_type: z.string().optional(),
  text_config: z.looseObject({ max_position_embeddings: z.int().positive().optional() }).optional(),
})

/** Texts to ids: cut off at the model's length, padded to the longest; SigLIP always to its length. */
async function openTokenizer(folder: string): Promise<(texts: readonly string[]) => TokenBatch> {
  const place = join(folder, 'tokenizer.json')
  const definition = await readJson(place)
  const config = configSchema.safeParse(await readJson(join(folder, 'tokenizer_config.json')))
  const model = modelSchema.safeParse(await readJson(join(folder, 'config.json')))
  if (!config.success || !model.success || typeof definition !== 'object' || definition === null)
    throw invalidInput(`${folder}: tokenizer or config.json is not as wanted; copy the model again`)
  let tokenizer: Tokenizer
  try {
    tokenizer = new Tokenizer(definition, config.data)
  } catch (cause) {
    throw invalidInput(`${place}: is no tokenizer (${messageOf(cause)}); copy the model again`, {
      cause,
    })
  }
  const positions = model.data.text_config?.max_position_embeddings ?? 77
  const longest = Math.min(config.data.model_max_length ?? positions, positions)
  const { pad_token: pad } = config.data
  const padding = tokenizer.token_to_id((typeof pad === 'object' ? pad?.content : pad) ?? '') ?? 0
  const always = model.data.model_type?.startsWith('siglip') === true
  return (texts) => {
    const all = texts.map((text) => cutOff(tokenizer, text, longest))
    const length = always ? longest : Math.max(...all.map((ids) => ids.length))
    const ids = new BigInt64Array(all.length * length).fill(BigInt(padding))
    const mask = new BigInt64Array(all.length * length)
    all.forEach((own, row) => {
      own.forEach((id, i) => {
        ids[row * length + i] = BigInt(id)
        mask[row * length + i] = 1n
      })
    })
    return { count: all.length, length, ids, mask }
  }
}

/** Ids of at most `longest` tokens; the special ones at both ends stay. */
function cutOff(tokenizer: Tokenizer, text: string, longest: number): readonly number[] {
  const { ids } = tokenizer.encode(text)
  if (ids.length <= longest) return ids
  const bare = tokenizer.encode(text, { add_special_tokens: false }).ids
  const before = ids.indexOf(bare[0]!)
  const after = ids.length - before - bare.length
  return [...ids.slice(0, longest - after), ...ids.slice(ids.length - after)]
}

function feedsOf(path: string, session: Session, batch: TokenBatch) {
  const shape = [batch.count, batch.length]
  const known: Record<string, BigInt64Array> = {
    input_ids: batch.ids,
    attention_mask: batch.mask,
    position_ids: BigInt64Array.from({ length: batch.ids.length }, (_, i) =>
      BigInt(i % batch.length),
    ),
    token_type_ids: new BigInt64Array(batch.ids.length),
  }
  const feeds: Record<string, Tensor> = {}
  for (const name of session.inputNames) {
    const data = known[name]
    if (data === undefined)
      throw invalidInput(
        `${path}: takes ${session.inputNames.join(', ')}, wanted input_ids and attention_mask; export the tower for texts by itself`,
      )
    feeds[name] = tensor('int64', shape, data)
  }
  return { feeds, mask: Float32Array.from(batch.mask, Number) }
}
