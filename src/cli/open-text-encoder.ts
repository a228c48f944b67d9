import { invalidInput } from '../core/index.ts'
import {
  openWordVectors,
  type PullOptions,
  pullWordVectors,
  type TextEncoder,
} from '../encoders/index.ts'
import { openChosenEncoder } from './shipped-encoder.ts'

/** Where a text encoder's files may come from. */
export interface TextChoice {
  /** Folder that the user's paths are relative to. */
  readonly cwd: string
  readonly pull: PullOptions
}

/**
 * Opens the text encoder that a recipe or the user named: `words`, the word vectors that are pulled
 * once, or the text tower of a model, named as for `--model`. The caller closes it.
 * @throws InvalidInput when the model has no text tower; Unavailable when nothing can be pulled
 */
export async function openTextEncoder(name: string, choice: TextChoice): Promise<TextEncoder> {
  if (name === 'words') return openWordVectors(await pullWordVectors(choice.pull))
  const model = await openChosenEncoder({ model: name, ...choice })
  try {
    if (model.openTextTower === undefined)
      throw invalidInput(
        `${name}: has no encoder of texts; name "words" or a model like hf:Xenova/clip-vit-base-patch32`,
      )
    return await model.openTextTower()
  } finally {
    await model.close()
  }
}
