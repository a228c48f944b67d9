import type { Rng } from '../../core/index.ts'
import { type AugmentOptions, augment, type Picture, resizePicture } from '../../data/index.ts'

/** Another look at the same thing: nearer, from the side, in other light. Nothing is mirrored. */
const distortion: Omit<AugmentOptions, 'size'> = {
  area: [0.55, 0.9],
  aspect: [0.85, 1.18],
  rotationDegrees: [-8, 8],
  flip: 0,
  perspective: { probability: 1, strength: 0.25 },
  light: {
    probability: 1,
    brightness: [0.7, 1.3],
    contrast: [0.75, 1.25],
    saturation: [0.7, 1.3],
    hueDegrees: [-6, 6],
    gamma: [0.85, 1.2],
  },
  blur: { probability: 0, sigma: [1, 1] },
}

/**
 * A picture as somebody else might have photographed its product: part of it, seen at a slant and
 * in other light. Size and proportions stay.
 * @param rng all that it varies by
 */
export async function distortPicture(picture: Picture, rng: Rng): Promise<Picture> {
  const { width, height } = picture
  const proportion = width / height
  const aspect = distortion.aspect.map((factor) => factor * proportion)
  const options = {
    ...distortion,
    aspect: [aspect[0]!, aspect[1]!] as const,
    size: Math.max(width, height),
  }
  return resizePicture(await augment(picture, options, rng), width, height)
}
