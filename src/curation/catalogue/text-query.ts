import { invalidInput, shapeError } from '../../core/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'

/**
 * Texts as vectors that compare with those of pictures.
 * @returns [texts.length, dimension] row-major, every row of unit length
 * @throws InvalidInput when the encoder has no tower for texts; Shape when the towers disagree
 */
export async function encodeTexts(
  encoder: PictureEncoder,
  texts: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<Float32Array> {
  if (encoder.openTextTower === undefined)
    throw invalidInput(
      `${encoder.name}: has no tower for texts, so its index cannot be searched with words; index with a model that has one, such as hf:Xenova/clip-vit-base-patch32`,
    )
  const tower = await encoder.openTextTower()
  try {
    if (tower.dimension !== encoder.dimension)
      throw shapeError(
        `${encoder.name}: its vectors of texts have ${tower.dimension} values, those of pictures ${encoder.dimension}; export both towers with their projections`,
      )
    return await tower.encode(texts, options)
  } finally {
    await tower.close()
  }
}
