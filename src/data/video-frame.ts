import type { VideoFrame } from '@napi-rs/webcodecs'
import sharp from 'sharp'
import { invalidInput, unsupportedOp } from '../core/index.ts'
import type { Picture } from './picture.ts'
import { type LumaWeights, lumaWeights, type Plane, rgbFromYuv } from './video-colour.ts'

/** What the container says about showing the frames that the decoder gives. */
export interface Presentation {
  /** Size in square pixels after rotation. */
  readonly width: number
  readonly height: number
  /** Clockwise, before the flip. */
  readonly rotationDegrees: 0 | 90 | 180 | 270
  readonly flipped: boolean
}

/** More pixels than 8192 x 4320: no sensible video, so nothing is decoded. */
export const MAX_FRAME_PIXELS = 36_000_000

/** The picture that a decoded frame shows: colours, rotation and pixel shape undone. The caller closes the frame. */
export async function pictureFromFrame(
  frame: VideoFrame,
  { width, height, rotationDegrees, flipped }: Presentation,
  place: string,
): Promise<Picture> {
  const raw = await uprightPixels(frame, place)
  const turned = rotationDegrees % 180 === 0 ? raw : { width: raw.height, height: raw.width }
  const resized = turned.width !== width || turned.height !== height
  if (!resized && rotationDegrees === 0 && !flipped) return raw
  let image = sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: 3 } })
  if (rotationDegrees !== 0) image = image.rotate(rotationDegrees)
  if (flipped) image = image.flop()
  if (resized) image = image.resize(width, height, { fit: 'fill' })
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data) }
}

async function uprightPixels(frame: VideoFrame, place: string): Promise<Picture> {
  const visible = frame.visibleRect
  if (frame.codedWidth * frame.codedHeight > MAX_FRAME_PIXELS) {
    throw invalidInput(
      `${place}: its frames are ${frame.codedWidth} x ${frame.codedHeight} pixels, ` +
        'the most is 8192 x 4320; make a smaller copy',
    )
  }
  const layout = layoutOf(frame.format ?? 'unknown', place)
  const bytes = new Uint8Array(frame.allocationSize())
  const rows = await frame.copyTo(bytes)
  const plane = (index: number, start = 0): Plane => {
    const { offset, stride } = rows[index]!
    return { offset: offset + start, stride, step: index === 0 ? 1 : layout.pair }
  }
  const chroma =
    layout.pair === 2
      ? [plane(1, layout.uFirst ? 0 : 1), plane(1, layout.uFirst ? 1 : 0)]
      : [plane(1), plane(2)]
  return rgbFromYuv(
    {
      bytes,
      planes: [plane(0), chroma[0]!, chroma[1]!],
      chromaShift: layout.shift,
      bitDepth: layout.bitDepth,
      visible: { x: visible.x, y: visible.y, width: visible.width, height: visible.height },
    },
    { weights: weightsOf(frame), fullRange: frame.colorSpace.fullRange ?? false },
  )
}

function layoutOf(format: string, place: string) {
  const planar = /^I(420|422|444)A?(?:P(10|12))?$/.exec(format)
  const semi = /^NV(12|21)$/.exec(format)
  if (planar === null && semi === null) {
    throw unsupportedOp(
      `${place}: its pixels are stored as ${format}, wanted a YUV layout; convert it: ` +
        'ffmpeg -i in -pix_fmt yuv420p out.mp4',
    )
  }
  const chroma = planar?.[1] ?? '420'
  const bitDepth = Number(planar?.[2] ?? 8)
  return {
    bitDepth,
    shift: { x: chroma === '444' ? 0 : 1, y: chroma === '420' ? 1 : 0 },
    /** Samples that share one chroma plane. */
    pair: semi === null ? 1 : 2,
    uFirst: semi?.[1] !== '21',
  }
}

/** What the file names; where it names nothing, BT.709 from 720 rows up, as browsers assume. */
function weightsOf(frame: VideoFrame): LumaWeights {
  const matrix = frame.colorSpace.matrix
  if (matrix === 'bt709') return lumaWeights.bt709
  if (matrix === 'bt2020-ncl') return lumaWeights.bt2020
  if (matrix === 'bt470bg' || matrix === 'smpte170m') return lumaWeights.bt601
  return frame.codedHeight >= 720 ? lumaWeights.bt709 : lumaWeights.bt601
}
