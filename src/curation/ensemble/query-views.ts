import { type Box, cropPicture, mirrorPicture, type Picture } from '../../data/index.ts'

/** How a query is looked at: as it is, or with the mean or the largest score over several views. */
export const viewings = ['none', 'mean', 'max'] as const

/** One of {@link viewings}. */
export type Viewing = (typeof viewings)[number]

/** Share of a side that a crop keeps. */
const kept = 0.8

/**
 * The views of a query picture for test-time augmentation: the picture, its mirror image, the middle
 * 80 % of each side, and the mirror image of that.
 *
 * @returns always four pictures, or only the picture itself for `none`
 * @see Ahemad et al. 2024, section 3 (test-time augmentation)
 */
export function queryViews(picture: Picture, viewing: Viewing): Picture[] {
  if (viewing === 'none') return [picture]
  const middle = cropPicture(picture, middleOf(picture))
  return [picture, mirrorPicture(picture), middle, mirrorPicture(middle)]
}

function middleOf({ width, height }: Picture): Box {
  const [w, h] = [Math.ceil(width * kept), Math.ceil(height * kept)]
  return { x: Math.floor((width - w) / 2), y: Math.floor((height - h) / 2), width: w, height: h }
}
