import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '../core/index.ts'
import { decodeImage } from './decode-image.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-decode-'))
})
afterAll(() => rm(folder, { recursive: true }))

const orange = { r: 200, g: 100, b: 50 }
const plain = (width = 64, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: orange } })
const halfClear = () =>
  sharp({ create: { width: 8, height: 8, channels: 4, background: { ...orange, alpha: 0.5 } } })
const noise = () =>
  sharp({
    create: {
      width: 200,
      height: 150,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })

async function firstPixel(pipeline: Sharp): Promise<number[]> {
  const picture = await decodeImage(await pipeline.toBuffer())
  expect(picture.data.length).toBe(picture.width * picture.height * 3)
  return [...picture.data.subarray(0, 3)]
}

test('a PNG comes out as it went in', async () => {
  const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256)
  const file = await sharp(data, { raw: { width: 5, height: 3, channels: 3 } })
    .png()
    .toBuffer()
  expect(await decodeImage(file)).toEqual({ width: 5, height: 3, data: Buffer.from(data) })
})

test('grey, CMYK, 16 bits, palette and transparency become 8-bit RGB on white', async () => {
  // Grey of (200, 100, 50) by libvips is 128; half of a colour c on white is (c + 255) / 2.
  expect(await firstPixel(plain().greyscale().png())).toEqual([128, 128, 128])
  expect(await firstPixel(plain().greyscale().jpeg())).toEqual([128, 128, 128])
  expect(await firstPixel(plain().toColourspace('rgb16').png())).toEqual([200, 100, 50])
  for (const encoded of [halfClear().png(), halfClear().toColourspace('rgb16').png()]) {
    const [r, g, b] = await firstPixel(encoded)
    expect(Math.abs(r! - 227.5)).toBeLessThan(2)
    expect(Math.abs(g! - 177.5)).toBeLessThan(2)
    expect(Math.abs(b! - 152.5)).toBeLessThan(2)
  }
  const [r, , b] = await firstPixel(plain().toColourspace('cmyk').jpeg())
  expect(Math.abs(r! - 200)).toBeLessThan(12)
  expect(b).toBeLessThan(80)
})

test('an embedded profile is converted to sRGB', async () => {
  const [r, g, b] = await firstPixel(plain().withIccProfile('p3').png())
  for (const [got, wanted] of [
    [r, 200],
    [g, 100],
    [b, 50],
  ])
    expect(Math.abs(got! - wanted!)).toBeLessThan(4)
})

test('of an animation the first frame is taken', async () => {
  const frame = (background: string) =>
    sharp({ create: { width: 6, height: 4, channels: 3, background } })
      .png()
      .toBuffer()
  const frames = [await frame('#ff0000'), await frame('#0000ff')]
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer()
  const picture = await decodeImage(gif)
  expect([picture.width, picture.height]).toEqual([6, 4])
  expect([...picture.data.subarray(0, 3)]).toEqual([255, 0, 0])
})

test('the EXIF orientation is applied, before the size is limited', async () => {
  const turned = await plain().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await decodeImage(turned)).toMatchObject({ width: 40, height: 64 })
  expect(await decodeImage(turned, { longestSide: 32 })).toMatchObject({ width: 20, height: 32 })
})

test('longestSide shrinks and never enlarges', async () => {
  const file = join(folder, 'wide.jpg')
  await plain(640, 400).jpeg().toFile(file)
  expect(await decodeImage(file, { longestSide: 64 })).toMatchObject({ width: 64, height: 40 })
  expect(await decodeImage(file, { longestSide: 999 })).toMatchObject({ width: 640, height: 400 })
  await expect(decodeImage(file, { longestSide: 0 })).rejects.toThrow('longestSide is 0')
})

const encoders = {
  JPEG: (s: Sharp) => s.jpeg(),
  progressive: (s: Sharp) => s.jpeg({ progressive: true }),
  PNG: (s: Sharp) => s.png(),
  WebP: (s: Sharp) => s.webp(),
  GIF: (s: Sharp) => s.gif(),
  AVIF: (s: Sharp) => s.avif({ effort: 0 }),
}
test.each(Object.entries(encoders))('a %s cut off anywhere is refused', async (_, encode) => {
  const whole = await encode(noise()).toBuffer()
  await expect(decodeImage(whole)).resolves.toMatchObject({ width: 200, height: 150 })
  const file = join(folder, 'cut.jpg')
  for (const part of [0.2, 0.5, 0.95]) {
    await writeFile(file, whole.subarray(0, whole.length * part))
    for (const size of [{ longestSide: 50 }, { square: 50 }]) {
      const error = await decodeImage(file, size).catch((e) => e)
      expect(error).toBeInstanceOf(AppError)
      expect(error.code).toBe('InvalidInput')
      expect(error.message).toMatch(/^\S+cut\.jpg: looks like .* cut off or damaged .*again$/)
    }
  }
})

test('a PNG that claims 30000 x 30000 pixels is refused from its header', async () => {
  const bomb = join(folder, 'bomb.png')
  await writeFile(bomb, pngClaiming(30_000, 30_000))
  const before = process.memoryUsage().rss
  await expect(decodeImage(bomb)).rejects.toMatchObject({
    code: 'InvalidInput',
    message: `${bomb}: claims 30000 x 30000 pixels, at most 100 million are decoded; shrink it first`,
  })
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
})

test('what is no picture is refused by its content, whatever its name', async () => {
  const file = join(folder, 'fake.jpg')
  const cases = {
    'is an SVG drawing': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    'is text, wanted a JPEG, PNG, WebP, GIF or AVIF picture': 'not a picture\n',
    'the file is empty': '',
  }
  for (const [message, content] of Object.entries(cases)) {
    await writeFile(file, content)
    const error = await decodeImage(file).catch((e) => e)
    expect(error).toMatchObject({ code: 'InvalidInput' })
    expect(error.message).toContain(`${file}: `)
    expect(error.message).toContain(message)
  }
  const tiff = await plain().tiff().toBuffer()
  await expect(decodeImage(tiff, { name: 'upload' })).rejects.toThrow('upload: is a TIFF picture')
  await expect(decodeImage(new Uint8Array())).rejects.toThrow('picture: no bytes')
  await expect(decodeImage(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'NotFound' })
  await expect(decodeImage(folder)).rejects.toThrow('is a folder')
})

test('random damage gives a picture or one AppError of one line', async () => {
  const files = await Promise.all(
    Object.values(encoders).map((encode) => encode(noise()).toBuffer()),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.constantFrom({ longestSide: 32 }, { square: 32 }),
      async (whole, damage, size) => {
        const bytes = Buffer.from(whole)
        for (const [where, value] of damage) bytes[Math.floor(where * bytes.length)] = value
        const result = await decodeImage(bytes, size).catch((e) => e)
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(AppError)
          expect(result.message).not.toContain('\n')
        } else expect(result.data.length).toBe(result.width * result.height * 3)
      },
    ),
    { numRuns: 60 },
  )
})

/** A valid PNG header with next to no pixels behind it. */
function pngClaiming(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(type), body])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    check.writeUInt32BE(crc32(typed))
    return Buffer.concat([length, typed, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
