import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TensorProto_DataType as Type } from 'onnx-buf'
import { floats, type GraphInit, int, ints, modelBytes } from './model-bytes.ts'

/** Side of the pictures. */
const size = 8

/** What each word means: a colour, red, green and blue in [-1, 1]; other words mean nothing. */
const meanings: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [1, -1, -1],
  green: [-1, 1, -1],
  blue: [-1, -1, 1],
  yellow: [1, 1, -1],
  dark: [-0.2, -0.2, -0.2],
  apple: [0, 0, 0],
}
const [start, end] = ['<|startoftext|>', '<|endoftext|>']

/**
 * Writes a model of two towers in the layout of transformers.js, as CLIP has it but tiny: a picture's
 * vector is its mean colour, a text's the sum of its words' colours. For tests only.
 */
export async function writeTwoTowerFolder(folder: string): Promise<void> {
  const tokenizer = tokenizerOf(Object.keys(meanings))
  const { vocab } = tokenizer.model
  const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`
  await mkdir(join(folder, 'onnx'), { recursive: true })
  const files: Record<string, string | Uint8Array> = {
    'config.json': json({
      model_type: 'clip',
      architectures: ['CLIPModel'],
      projection_dim: 3,
      text_config: { max_position_embeddings: 12 },
    }),
    'preprocessor_config.json': json({
      image_processor_type: 'CLIPImageProcessor',
      feature_extractor_type: 'CLIPFeatureExtractor',
      do_resize: true,
      size: { shortest_edge: size },
      resample: 3,
      do_center_crop: true,
      crop_size: { width: size, height: size },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
    }),
    'tokenizer.json': json(tokenizer),
    'tokenizer_config.json': json({
      tokenizer_class: 'CLIPTokenizer',
      model_max_length: 12,
      pad_token: end,
      bos_token: { content: start, __type: 'AddedToken' },
      eos_token: { content: end, __type: 'AddedToken' },
      unk_token: end,
    }),
    'onnx/vision_model.onnx': modelBytes(visionGraph),
    'onnx/text_model.onnx': modelBytes(textGraph(vocab)),
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content)
}

const visionGraph: GraphInit = {
  input: [floats('pixel_values', 'batch', 3, size, size)],
  output: [floats('image_embeds', 'batch', 3)],
  initializer: [],
  node: [
    {
      opType: 'ReduceMean',
      input: ['pixel_values'],
      output: ['image_embeds'],
      attribute: [ints('axes', 2, 3), int('keepdims', 0)],
    },
  ],
}

const int64s = (name: string, ...axes: string[]) => {
  const like = floats(name, ...axes)
  return {
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: { ...like.type.value.value, elemType: Type.INT64 },
      },
    },
  }
}

/** Σ over tokens of mask x table[id] */
function textGraph(vocab: Readonly<Record<string, number>>): GraphInit {
  const table = new Array<number>(Object.keys(vocab).length * 3).fill(0)
  for (const [word, colour] of Object.entries(meanings))
    colour.forEach((value, c) => {
      table[vocab[`${word}</w>`]! * 3 + c] = value
    })
  return {
    input: [int64s('input_ids', 'batch', 'length'), int64s('attention_mask', 'batch', 'length')],
    output: [floats('text_embeds', 'batch', 3)],
    initializer: [
      {
        name: 'table',
        dataType: Type.FLOAT,
        dims: [BigInt(table.length / 3), 3n],
        floatData: table,
      },
      { name: 'one', dataType: Type.INT64, dims: [1n], int64Data: [1n] },
      { name: 'two', dataType: Type.INT64, dims: [1n], int64Data: [2n] },
    ],
    node: [
      { opType: 'Gather', input: ['table', 'input_ids'], output: ['words'] },
      {
        opType: 'Cast',
        input: ['attention_mask'],
        output: ['mask'],
        attribute: [int('to', Type.FLOAT)],
      },
      { opType: 'Unsqueeze', input: ['mask', 'two'], output: ['column'] },
      { opType: 'Mul', input: ['words', 'column'], output: ['counted'] },
      {
        opType: 'ReduceSum',
        input: ['counted', 'one'],
        output: ['text_embeds'],
        attribute: [int('keepdims', 0)],
      },
    ],
  }
}

/** A byte-pair tokenizer as CLIP's, that knows letters and some whole words. */
function tokenizerOf(words: readonly string[]) {
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789,.!']
  const tokens = new Set([...letters, ...letters.map((letter) => `${letter}</w>`)])
  const merges: string[] = []
  for (const word of words) {
    let parts = [...word.slice(0, -1), `${word.at(-1)}</w>`]
    for (const merge of merges) parts = merged(parts, merge)
    parts.reduce((left, right) => {
      merges.push(`${left} ${right}`)
      tokens.add(left + right)
      return left + right
    })
  }
  const vocab = Object.fromEntries([...tokens, start, end].map((token, id) => [token, id]))
  const added = [start, end].map((content) => ({
    ...{ id: vocab[content], content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: true, special: true },
  }))
  const normalizers = [
    { type: 'NFC' },
    { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
    { type: 'Lowercase' },
  ]
  const pieces = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"
  const pretokenizers = [
    { type: 'Split', pattern: { Regex: pieces }, behavior: 'Removed', invert: true },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
  ]
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: { type: 'Sequence', normalizers },
    pre_tokenizer: { type: 'Sequence', pretokenizers },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocab[end]],
      cls: [start, vocab[start]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: end,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: vocab as Readonly<Record<string, number>>,
      merges,
    },
  }
}

/** The parts of a word with every pair of a merge made one. */
function merged(parts: readonly string[], merge: string): string[] {
  const joined: string[] = []
  for (const part of parts) {
    if (joined.length > 0 && `${joined.at(-1)} ${part}` === merge) joined.push(joined.pop() + part)
    else joined.push(part)
  }
  return joined
}
