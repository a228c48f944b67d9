import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Picture } from './picture.ts'
import { openVideo } from './video-reader.ts'
import { writeVideo } from './video-writer.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-video-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A ramp with a red square that moves 4 pixels a frame. */
function moving(n: number, width = 64, height = 48): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = y >= 16 && y < 32 && x >= n * 4 && x < n * 4 + 16
      data.set(inside ? [220, 30, 40] : [40 + x, 90, 60 + y * 2], (y * width + x) * 3)
    }
  }
  return { width, height, data }
}

const difference = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length

test.each(['.mp4', '.webm'])('%s gives back the pictures it was given', async (extension) => {
  const path = join(folder, `moving${extension}`)
  const pictures = Array.from({ length: 12 }, (_, n) => moving(n))
  await writeVideo(path, pictures, { framesPerSecond: 10, keyFrameSeconds: 0.5, bitrate: 2e6 })
  const video = await openVideo(path)
  try {
    expect(video).toMatchObject({ width: 64, height: 48 })
    expect(video.durationSeconds).toBeCloseTo(1.2, 2)
    for (const [n, picture] of pictures.entries()) {
      const frame = await video.frameAt(n / 10 + 0.05)
      expect(difference(frame, picture)).toBeLessThan(4)
      const next = pictures[n + 1]
      if (next) expect(difference(frame, picture)).toBeLessThan(difference(frame, next) / 2)
    }
  } finally {
    await video.close()
  }
  expect(await readdir(folder)).toEqual([`moving${extension}`])
})

test('an mp4 can be played while it arrives: its index comes before its pictures', async () => {
  const path = join(folder, 'a.mp4')
  await writeVideo(path, [moving(0), moving(1)], { framesPerSecond: 10 })
  const bytes = await readFile(path)
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
})

test('changing or odd sizes, no frames, a wrong name or rate: one line, and no file left', async () => {
  const odd = moving(0, 63)
  const cases = [
    ['a.mp4', [moving(0), moving(1, 32)], 10, /frame 1 is 32 x 48, the first was 64 x 48/],
    ['a.mp4', [odd], 10, /63 x 48; make both sides even/],
    ['a.mp4', [], 10, /no frames/],
    ['a.avi', [moving(0)], 10, /\.mp4 or \.webm/],
    ['a.mp4', [moving(0)], 0, /frames a second/],
  ] as const
  for (const [name, pictures, framesPerSecond, message] of cases) {
    await expect(writeVideo(join(folder, name), pictures, { framesPerSecond })).rejects.toThrow(
      message,
    )
  }
  expect(await readdir(folder)).toEqual([])
})

test('a source that fails part-way leaves the old file as it was', async () => {
  const path = join(folder, 'a.mp4')
  await writeVideo(path, [moving(0)], { framesPerSecond: 10 })
  const before = await readFile(path)
  function* failing(): Generator<Picture> {
    yield moving(0)
    throw new Error('the camera broke')
  }
  await expect(writeVideo(path, failing(), { framesPerSecond: 10 })).rejects.toThrow(/camera broke/)
  expect(await readFile(path)).toEqual(before)
  expect(await readdir(folder)).toEqual(['a.mp4'])
})
