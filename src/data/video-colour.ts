import type { Picture } from './picture.ts'

/** Weights of red and blue in luma; green takes the rest. */
export interface LumaWeights {
  readonly red: number
  readonly blue: number
}

/** How the samples of a frame map to R'G'B'. */
export interface YuvColour {
  readonly weights: LumaWeights
  /** true: 0..255 is black to white; false: 16..235, and 16..240 for chroma. */
  readonly fullRange: boolean
}

/** One plane of 8-bit samples, or of 16-bit little-endian ones where the frame is deeper. */
export interface Plane {
  /** In bytes. */
  readonly offset: number
  /** Bytes from one row to the next. */
  readonly stride: number
  /** Samples from one of this plane to the next. */
  readonly step: number
}

/** A YUV frame in memory and the part of it that is shown. */
export interface YuvFrame {
  /** At the start of its buffer. */
  readonly bytes: Uint8Array
  readonly planes: readonly [y: Plane, u: Plane, v: Plane]
  /** Chroma is halved this many times: 4:2:0 is 1 and 1, 4:2:2 is 1 and 0. */
  readonly chromaShift: { readonly x: number; readonly y: number }
  readonly bitDepth: number
  readonly visible: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
}

/** BT.601, BT.709 and BT.2020 (non-constant luminance), the matrices that videos name. */
export const lumaWeights = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
} as const satisfies Record<string, LumaWeights>

const FRACTION_BITS = 16

/**
 * Turns a YUV frame into RGB; chroma is repeated, not interpolated, as FFmpeg does by default.
 *
 *   R = Y + 2(1 − Kr) V,  B = Y + 2(1 − Kb) U,  G = (Y − Kr R − Kb B) / (1 − Kr − Kb)
 *
 * with Y in [0, 1] and U, V in [−½, ½] after the range is undone.
 */
export function rgbFromYuv(frame: YuvFrame, { weights, fullRange }: YuvColour): Picture {
  const { bytes, chromaShift, bitDepth, visible } = frame
  const { x: left, y: top, width, height } = visible
  const [luma, u, v] = frame.planes
  const depth = 2 ** (bitDepth - 8)
  const chroma = (fullRange ? 1 : 255 / 224) / depth
  const green = 1 - weights.red - weights.blue
  const redOfV = 2 * (1 - weights.red) * chroma
  const blueOfU = 2 * (1 - weights.blue) * chroma
  const lumaOf = table(depth, (fullRange ? 1 : 255 / 219) / depth, fullRange ? 0 : 16 * depth, 0.5)
  const redOf = table(depth, redOfV, 128 * depth)
  const blueOf = table(depth, blueOfU, 128 * depth)
  const greenOfU = table(depth, (-weights.blue / green) * blueOfU, 128 * depth)
  const greenOfV = table(depth, (-weights.red / green) * redOfV, 128 * depth)

  // Deep samples are two bytes, the low one first, on every machine that the codecs are built for.
  const deep = bitDepth > 8 ? 1 : 0
  const samples = deep ? new Uint16Array(bytes.buffer, 0, bytes.length >> 1) : bytes
  const data = new Uint8ClampedArray(width * height * 3)
  const halvings = chromaShift.x
  const [lumaStep, uStep, vStep] = [luma.step, u.step, v.step]
  let to = 0
  for (let y = top; y < top + height; y++) {
    const lumaRow = (luma.offset + y * luma.stride) >> deep
    const uRow = (u.offset + (y >> chromaShift.y) * u.stride) >> deep
    const vRow = (v.offset + (y >> chromaShift.y) * v.stride) >> deep
    for (let x = left; x < left + width; x++) {
      const l = lumaOf[samples[lumaRow + x * lumaStep]!]!
      const cu = samples[uRow + (x >> halvings) * uStep]!
      const cv = samples[vRow + (x >> halvings) * vStep]!
      data[to] = (l + redOf[cv]!) >> FRACTION_BITS
      data[to + 1] = (l + greenOfU[cu]! + greenOfV[cv]!) >> FRACTION_BITS
      data[to + 2] = (l + blueOf[cu]!) >> FRACTION_BITS
      to += 3
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) }
}

/** gain (sample − zero) + rounding in fixed point, for every sample of this depth. */
function table(depth: number, gain: number, zero: number, rounding = 0): Int32Array {
  return Int32Array.from({ length: 256 * depth }, (_, sample) =>
    Math.round((gain * (sample - zero) + rounding) * 2 ** FRACTION_BITS),
  )
}

/**
 * Turns a picture of even width and height into planar 4:2:0, BT.709, limited range: what every
 * browser plays. Chroma is the mean over two by two pixels.
 * @returns [height, width] luma, then [height/2, width/2] of U and of V
 */
export function i420FromRgb({ width, height, data }: Picture): Uint8Array {
  const { red, blue } = lumaWeights.bt709
  const green = 1 - red - blue
  const frame = new Uint8ClampedArray((width * height * 3) / 2)
  const uAt = width * height
  const vAt = uAt + uAt / 4
  for (let i = 0, at = 0; i < uAt; i++, at += 3) {
    const y = red * data[at]! + green * data[at + 1]! + blue * data[at + 2]!
    frame[i] = 16 + (219 / 255) * y
  }
  const toU = 224 / 255 / (2 * (1 - blue)) / 4
  const toV = 224 / 255 / (2 * (1 - red)) / 4
  for (let row = 0, i = 0; row < height; row += 2) {
    for (let x = 0; x < width; x += 2, i++) {
      const a = (row * width + x) * 3
      const b = a + width * 3
      const r = data[a]! + data[a + 3]! + data[b]! + data[b + 3]!
      const g = data[a + 1]! + data[a + 4]! + data[b + 1]! + data[b + 4]!
      const bl = data[a + 2]! + data[a + 5]! + data[b + 2]! + data[b + 5]!
      const y = red * r + green * g + blue * bl
      frame[uAt + i] = 128 + toU * (bl - y)
      frame[vAt + i] = 128 + toV * (r - y)
    }
  }
  return new Uint8Array(frame.buffer)
}
