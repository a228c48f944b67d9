import { invalidInput } from '../core/index.ts'
import {
  type HubPreprocessing,
  hubPixels,
  type Picture,
  type Preprocessing,
  picturesToTensor,
} from '../data/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'

/** Order of the axes of a network's input. */
export const layouts = ['NCHW', 'NHWC'] as const
/** One of {@link layouts}. */
export type Layout = (typeof layouts)[number]

/** What pictures are brought to where the preprocessing leaves them as they are. */
const usualSide = 224

/** How pictures become the input of a network. */
export interface PictureInput {
  /** Pixels a side; decoding much larger is waste. */
  readonly pictureSize: number
  /** Whether pictures of another shape are stretched to a square of that size. */
  readonly stretches: boolean
  /** [N, 3, H, W] or [N, H, W, 3] */
  prepare(pictures: readonly Picture[]): Promise<Tensor>
}

/** The input that a card, an option or a `preprocessor_config.json` describes. */
export function pictureInput(
  preprocessing: Preprocessing | HubPreprocessing,
  layout: Layout = 'NCHW',
): PictureInput {
  const planes = 'filter' in preprocessing ? hubPlanes(preprocessing) : cardPlanes(preprocessing)
  if (layout === 'NCHW') return planes
  return { ...planes, prepare: async (pictures) => channelsLast(await planes.prepare(pictures)) }
}

/**
 * The input of a network that pictures are fed to.
 * @throws InvalidInput when it takes anything else besides
 */
export function pictureInputName(place: string, inputNames: readonly string[]): string {
  if (inputNames.length === 1) return inputNames[0]!
  throw invalidInput(
    `${place}: takes ${inputNames.join(', ')}, wanted pictures alone; export the tower for pictures by itself`,
  )
}

function cardPlanes(preprocessing: Preprocessing): PictureInput {
  const { size, fit, middle = 1 } = preprocessing
  return {
    pictureSize: Math.ceil(size / middle),
    stretches: fit === 'stretch' && middle === 1,
    prepare: async (pictures) =>
      tensor(
        'float32',
        [pictures.length, 3, size, size],
        await picturesToTensor(pictures, preprocessing),
      ),
  }
}

function hubPlanes(preprocessing: HubPreprocessing): PictureInput {
  const { resize, crop } = preprocessing
  const sides = [
    ...(resize === undefined ? [] : [resize]),
    ...(crop === undefined ? [] : [crop]),
  ].flatMap((size) => ('width' in size ? [size.width, size.height] : [size.shortestEdge]))
  return {
    pictureSize: sides.length === 0 ? usualSide : Math.max(...sides),
    stretches: false, // by another filter
    prepare: async (pictures) => {
      const { shape, data } = await hubPixels(pictures, preprocessing)
      return tensor('float32', shape, data)
    },
  }
}

/** [N, 3, H, W] → [N, H, W, 3] */
function channelsLast({ shape, data }: Tensor): Tensor {
  const [count = 0, channels = 0, height = 0, width = 0] = shape
  const plane = height * width
  const turned = new Float32Array(data.length)
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++) {
      const from = (i * channels + c) * plane
      for (let p = 0; p < plane; p++)
        turned[(i * plane + p) * channels + c] = (data as Float32Array)[from + p]!
    }
  return tensor('float32', [count, height, width, channels], turned)
}
