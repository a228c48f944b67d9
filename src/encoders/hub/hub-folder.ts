import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { notFound } from '../../core/index.ts'
import { readHubPreprocessing } from '../../data/index.ts'
import type { SessionOptions } from '../../runtime/index.ts'
import type { OutputChoice } from '../feature-output.ts'
import { hashModel } from '../hash-model.ts'
import type { NetworkSource } from '../picture-encoder.ts'
import { readJson } from './read-json.ts'
import { openTextEncoder } from './text-encoder.ts'

/** Graphs of the tower for pictures, best first, in the layout of transformers.js. */
const pictureGraphs = ['onnx/vision_model.onnx', 'onnx/model.onnx'] as const
const textGraph = 'onnx/text_model.onnx'
/** What a folder holds that {@link hubNetwork} takes; others are not needed. */
export const hubFiles = {
  needed: ['config.json', 'preprocessor_config.json'],
  texts: ['tokenizer.json', 'tokenizer_config.json'],
  pictureGraphs,
  textGraph,
} as const

/** Whether a folder lies there as transformers.js has it. */
export function isHubFolder(folder: string): boolean {
  return existsSync(join(folder, 'preprocessor_config.json'))
}

/**
 * The tower for pictures of a model in the layout of transformers.js: `config.json`,
 * `preprocessor_config.json`, `onnx/vision_model.onnx` or `onnx/model.onnx`. Where
 * `onnx/text_model.onnx` and `tokenizer.json` are there too, it has a tower for texts.
 *
 * The vector is the output `image_embeds` or `pooler_output`; of tokens alone it is the first one,
 * the class token, unless a pooling is given.
 * @throws NotFound when a file is missing; InvalidInput when one is wrong
 */
export async function hubNetwork(
  folder: string,
  { output, pooling }: OutputChoice,
): Promise<NetworkSource> {
  const graph = pictureGraphs.find((file) => existsSync(join(folder, file)))
  if (graph === undefined)
    throw notFound(
      `${folder}: has neither ${pictureGraphs.join(' nor ')}; convert the model with optimum-cli, or take one that has them`,
    )
  const place = join(folder, 'preprocessor_config.json')
  const preprocessing = readHubPreprocessing(await readJson(place), place)
  const model = join(folder, graph)
  const hasTexts = existsSync(join(folder, textGraph))
  return {
    name: basename(resolve(folder)),
    place: model,
    model,
    preprocessing,
    output,
    pooling,
    tokenPooling: 'cls', // what ViT, DeiT and DINOv2 are compared by
    hash: await hashModel(model, { preprocessing, output, pooling }),
    ...(hasTexts && {
      openTextTower: (name: string, options: SessionOptions) =>
        openTextEncoder({ folder, name }, options),
    }),
  }
}
