import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { i420FromRgb, lumaWeights, rgbFromYuv, type YuvFrame } from './video-colour.ts'

const limited709 = { weights: lumaWeights.bt709, fullRange: false }

/** A frame of one colour, 4:2:0. */
function plain(width: number, height: number, [y, u, v]: readonly number[]): YuvFrame {
  const chroma = (width / 2) * (height / 2)
  const luma = width * height
  const bytes = new Uint8Array(luma + 2 * chroma)
  bytes
    .fill(y!, 0, luma)
    .fill(u!, luma, luma + chroma)
    .fill(v!, luma + chroma)
  return {
    bytes,
    planes: [
      { offset: 0, stride: width, step: 1 },
      { offset: luma, stride: width / 2, step: 1 },
      { offset: luma + chroma, stride: width / 2, step: 1 },
    ],
    chromaShift: { x: 1, y: 1 },
    bitDepth: 8,
    visible: { x: 0, y: 0, width, height },
  }
}

// The colour bars of BT.601 and BT.709 in limited range, as their tables print them.
test.each([
  ['bt601', [81, 90, 240], [255, 0, 0]],
  ['bt601', [145, 54, 34], [0, 255, 0]],
  ['bt709', [63, 102, 240], [255, 0, 0]],
  ['bt709', [173, 42, 26], [0, 255, 0]],
  ['bt709', [32, 240, 118], [0, 0, 255]],
  ['bt709', [235, 128, 128], [255, 255, 255]],
  ['bt709', [16, 128, 128], [0, 0, 0]],
] as const)('%s %j is the colour bar %j', (matrix, yuv, rgb) => {
  const { data } = rgbFromYuv(plain(2, 2, yuv), { weights: lumaWeights[matrix], fullRange: false })
  for (const i of [0, 1, 2]) expect(Math.abs(data[i]! - rgb[i]!)).toBeLessThanOrEqual(2)
})

test('in full range a grey is its own luma', () => {
  for (const grey of [0, 1, 77, 254, 255]) {
    const picture = rgbFromYuv(plain(2, 2, [grey, 128, 128]), { ...limited709, fullRange: true })
    expect([...picture.data.subarray(0, 3)]).toEqual([grey, grey, grey])
  }
})

test('a plain colour survives the way to video and back within the steps of 8 bits', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(channel, channel, channel, (r, g, b) => {
      const data = Uint8Array.from({ length: 4 * 2 * 3 }, (_, i) => [r, g, b][i % 3]!)
      const bytes = i420FromRgb({ width: 4, height: 2, data })
      const back = rgbFromYuv({ ...plain(4, 2, [0, 0, 0]), bytes }, limited709)
      for (let i = 0; i < data.length; i++) {
        expect(Math.abs(back.data[i]! - data[i]!)).toBeLessThanOrEqual(3)
      }
    }),
  )
})

test('ten bits hold the same colours as eight', () => {
  const eight = plain(4, 2, [120, 90, 150])
  const bytes = new Uint8Array(eight.bytes.length * 2)
  const words = new Uint16Array(bytes.buffer)
  eight.bytes.forEach((sample, i) => {
    words[i] = sample * 4
  })
  const planes = eight.planes.map(({ offset, stride, step }) => ({
    offset: offset * 2,
    stride: stride * 2,
    step,
  })) as unknown as YuvFrame['planes']
  const ten = rgbFromYuv({ ...eight, bytes, planes, bitDepth: 10 }, limited709)
  expect(ten).toEqual(rgbFromYuv(eight, limited709))
})

test('only the visible part is shown, and chroma stays with its pixels', () => {
  const frame = plain(4, 4, [128, 128, 128])
  frame.bytes[16 + 3] = 240 // U of the bottom right block
  const visible = { x: 2, y: 1, width: 2, height: 3 }
  const picture = rgbFromYuv({ ...frame, visible }, limited709)
  const blues = [...picture.data].filter((_, i) => i % 3 === 2)
  expect(picture).toMatchObject({ width: 2, height: 3 })
  expect(blues).toEqual([130, 130, 255, 255, 255, 255])
})
