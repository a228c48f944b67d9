import sharp, { type JpegOptions, type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { decodeImage } from './decode-image.ts'
import { plainJpegSize } from './plain-jpeg.ts'
import { stretchPlainJpeg } from './stretch-plain-jpeg.ts'

/** Colours that change smoothly with a few sharp edges. */
function drawing(width: number, height: number): Sharp {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const wave = 90 * Math.sin(x / (9 + 4 * c)) * Math.cos(y / (13 - 3 * c))
        data[i++] = 128 + wave + (x > width / 2 && y > height / 3 ? 30 : 0)
      }
  return sharp(data, { raw: { width, height, channels: 3 } })
}
const plain = () => drawing(160, 120).jpeg({ quality: 90 }).toBuffer()

interface Kind extends JpegOptions {
  readonly width?: number
  readonly height?: number
}
const kinds: Readonly<Record<string, Kind>> = {
  'chroma halved': { quality: 90 },
  'chroma whole': { quality: 90, chromaSubsampling: '4:4:4' },
  progressive: { quality: 90, progressive: true },
  'odd size': { quality: 90, width: 161, height: 119 },
  enlarged: { quality: 90, width: 30, height: 40, chromaSubsampling: '4:4:4' },
  'as large as wanted': { quality: 90, width: 56, height: 56 },
}
test.each(Object.entries(kinds))(
  '%s: the pixels of libjpeg, stretched by the formula',
  async (_, kind) => {
    const { width = 160, height = 120, ...options } = kind
    const file = await drawing(width, height).jpeg(options).toBuffer()
    expect(plainJpegSize(file)).toEqual({ width, height })
    const got = (await stretchPlainJpeg(file, 56))!
    expect([got.width, got.height, got.data.length]).toEqual([56, 56, 56 * 56 * 3])
    const wanted = stretched(await sharp(file).raw().toBuffer(), width, height, 56)
    const differences = wanted.map((value, i) => Math.abs(value - got.data[i]!))
    const smoothed = options.chromaSubsampling === undefined // decoders enlarge chroma each in its way
    expect(Math.max(...differences)).toBeLessThanOrEqual(smoothed ? 16 : 3)
    expect(differences.reduce((a, b) => a + b) / wanted.length).toBeLessThan(smoothed ? 1 : 0.4)
  },
)

test('what needs more than decoding is left to sharp', async () => {
  const whole = await plain()
  const others = {
    turned: await drawing(160, 120).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    profile: await drawing(160, 120).withIccProfile('p3').jpeg().toBuffer(),
    grey: await drawing(160, 120).toColourspace('b-w').jpeg().toBuffer(),
    CMYK: await drawing(160, 120).toColourspace('cmyk').jpeg().toBuffer(),
    PNG: await drawing(160, 120).png().toBuffer(),
    large: await drawing(1000, 500).jpeg().toBuffer(),
    cut: whole.subarray(0, whole.length - 2),
    'without a scan': Buffer.of(0xff, 0xd8, 0xff, 0xd9),
    'of endless scans': repeatedScan(whole, 40),
  }
  for (const [name, file] of Object.entries(others))
    expect((await stretchPlainJpeg(file, 56)) === undefined, name).toBe(true)
})

test('square gives a square, whoever decodes', async () => {
  const turned = await drawing(160, 120).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  for (const file of [await plain(), await drawing(160, 120).png().toBuffer(), turned])
    expect(await decodeImage(file, { square: 56 })).toMatchObject({ width: 56, height: 56 })
  const cut = (await plain()).subarray(0, 900)
  await expect(decodeImage(cut, { square: 56, name: 'cut' })).rejects.toThrow(
    /^cut: looks like a JPEG picture but is cut off or damaged/,
  )
  await expect(decodeImage(cut, { square: 0 })).rejects.toThrow('square is 0')
})

test('a JPEG that claims 30000 x 30000 pixels is refused', async () => {
  const bomb = await plain()
  const frame = bomb.indexOf(Buffer.of(0xff, 0xc0))
  bomb.writeUInt16BE(30_000, frame + 5)
  bomb.writeUInt16BE(30_000, frame + 7)
  await expect(decodeImage(bomb, { square: 56 })).rejects.toThrow(
    'claims 30000 x 30000 pixels, at most 100 million are decoded',
  )
})

/** Scans that say the same again. */
function repeatedScan(file: Buffer, times: number): Buffer {
  const scan = file.subarray(file.indexOf(Buffer.of(0xff, 0xda)), file.length - 2)
  return Buffer.concat([
    file.subarray(0, file.length - 2),
    ...Array.from({ length: times }, () => scan),
    file.subarray(file.length - 2),
  ])
}

/** The triangle filter in float64, widened by the factor when shrinking, from its definition. */
function stretched(data: Uint8Array, width: number, height: number, side: number): Float64Array {
  const weights = (from: number, at: number) => {
    const factor = Math.max(1, from / side)
    const middle = ((at + 0.5) * from) / side
    const triangle = Array.from({ length: from }, (_, i) =>
      Math.max(0, 1 - Math.abs(i + 0.5 - middle) / factor),
    )
    const sum = triangle.reduce((a, b) => a + b)
    return triangle.map((weight) => weight / sum)
  }
  const [across, down] = [width, height].map((from) =>
    Array.from({ length: side }, (_, at) => weights(from, at)),
  )
  return Float64Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3]
    let sum = 0
    for (const [row, v] of down![y]!.entries())
      if (v > 0)
        for (const [column, u] of across![x]!.entries())
          if (u > 0) sum += u * v * data[(row * width + column) * 3 + c]!
    return sum
  })
}
