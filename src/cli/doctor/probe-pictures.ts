import sharp from 'sharp'
import { numericError, unavailable } from '../../core/index.ts'

const needed = ['jpeg', 'png', 'webp'] as const

/**
 * Writes and reads one small picture in every format that Vitrine reads.
 *
 * @returns what was found, in a few words
 * @throws Unavailable when sharp lacks a format; Numeric when a lossless one changes a pixel
 */
export async function probePictures(): Promise<string> {
  const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 7) % 256)
  const picture = sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
  for (const format of needed) {
    const { input, output } = sharp.format[format]
    if (!input.buffer || !output.buffer) throw unavailable(`sharp: built without ${format}`)
    const encoded = await picture.clone().toFormat(format, { lossless: true }).toBuffer()
    const decoded = await sharp(encoded).raw().toBuffer()
    const same = decoded.length === pixels.length && decoded.every((byte, i) => byte === pixels[i])
    if (format === 'png' && !same) throw numericError('sharp: a PNG came back with other pixels')
    if (decoded.length !== pixels.length)
      throw numericError(`sharp: a ${format} of 8 x 8 came back with ${decoded.length} bytes`)
  }
  return `sharp ${sharp.versions.sharp ?? '?'}, libvips ${sharp.versions.vips}: ${needed.join(', ')}`
}
