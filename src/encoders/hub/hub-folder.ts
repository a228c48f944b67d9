import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { notFound } from '../../core/index.ts'
import { readHubPreprocessing } from '../../data/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import type { PictureEncoder } from '../encoder.ts'
import type { OutputChoice } from '../feature-output.ts'
import { hashModel } from '../hash-model.ts'
import { openPictureEncoder } from '../picture-encoder.ts'
import { readJson } from './read-json.ts'
import { openTextEncoder } from './text-encoder.ts'

/** Graphs of the tower for pictures, best first, in the layout of transformers.js. */
const pictureGraphs = ['onnx/vision_model.onnx', 'onnx/model.onnx'] as const
const textGraph = 'onnx/text_model.onnx'
/** What a folder holds that {@link openHubFolder} opens; others are not needed. */
export const hubFiles = {
  needed: ['config.json', 'preprocessor_config.json'],
  texts: ['tokenizer.json', 'tokenizer_config.json'],
  pictureGraphs,
  textGraph,
} as const

/** How a hub's folder is opened. */
export interface HubFolderOptions extends SessionOptions, OutputChoice {
  /** Default: the folder's name. */
  readonly encoderName?: string | undefined
}

/** Whether a folder lies there as transformers.js has it. */
export function isHubFolder(folder: string): boolean {
  return existsSync(join(folder, 'preprocessor_config.json'))
}

/**
 * Opens the tower for pictures of a model in the layout of transformers.js: `config.json`,
 * `preprocessor_config.json`, `onnx/vision_model.onnx` or `onnx/model.onnx`. Where
 * `onnx/text_model.onnx` and `tokenizer.json` are there too, it has a tower for texts.
 *
 * The vector is the output `image_embeds` or `pooler_output`; of tokens alone it is the first one,
 * the class token, unless a pooling is given.
 * @throws NotFound when a file is missing; InvalidInput when one is wrong
 */
export async function openHubFolder(
  folder: string,
  { encoderName, output, pooling, ...options }: HubFolderOptions,
): Promise<PictureEncoder> {
  const name = encoderName ?? basename(resolve(folder))
  const graph = pictureGraphs.find((file) => existsSync(join(folder, file)))
  if (graph === undefined)
    throw notFound(
      `${folder}: has neither ${pictureGraphs.join(' nor ')}; convert the model with optimum-cli, or take one that has them`,
    )
  const place = join(folder, 'preprocessor_config.json')
  const preprocessing = readHubPreprocessing(await readJson(place), place)
  const path = join(folder, graph)
  const hash = await hashModel(path, { preprocessing, output, pooling })
  const hasTexts = existsSync(join(folder, textGraph))
  const towers = hasTexts ? { openTextTower: () => openTextEncoder({ folder, name }, options) } : {}
  const source = {
    name,
    model: path,
    preprocessing,
    output,
    pooling,
    tokenPooling: 'cls', // what ViT, DeiT and DINOv2 are compared by
    hash,
  } as const
  return openPictureEncoder({ ...source, ...towers }, { ...options, name: path })
}
