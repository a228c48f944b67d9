import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openVideo } from './video-reader.ts'
import { writeVideo } from './video-writer.ts'

/**
 * Ten frames of 32 x 32, ten a second, frame n plain with luma 30 + 18 n, two to three B-frames in a row
 * and an open group of pictures, so that packets lie in another order than frames are shown:
 *   ffmpeg -f lavfi -i "nullsrc=size=32x32:rate=10:duration=1,geq=lum='30+18*N':cb='128+4*N':cr=128"
 *     -c:v libx264 -bf 3 -x264-params b-adapt=0:scenecut=0:keyint=6:min-keyint=6:open-gop=1
 *     -qp 10 -pix_fmt yuv420p -colorspace bt709 -bsf:v filter_units=remove_types=6 -movflags +faststart b.mp4
 */
const withBFrames = [
  'AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAOfbW9vdgAAAGxtdmhkAAAAAAAAAAAAAAAAAAAD6AAAA+gA',
  'AQAAAQAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAAAAAAAAAAgAAAu50cmFrAAAAXHRraGQAAAADAAAAAAAAAAAAAAABAAAAAAAAA+gAAAAAAAAAAAAAAAAAAAAAAAEA',
  'AAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAABAAAAAACAAAAAgAAAAAAAkZWR0cwAAABxlbHN0AAAAAAAAAAEAAAPo',
  'AAAIAAABAAAAAAJmbWRpYQAAACBtZGhkAAAAAAAAAAAAAAAAAAAoAAAAKABVxAAAAAAALWhkbHIAAAAAAAAAAHZpZGUA',
  'AAAAAAAAAAAAAABWaWRlb0hhbmRsZXIAAAACEW1pbmYAAAAUdm1oZAAAAAEAAAAAAAAAAAAAACRkaW5mAAAAHGRyZWYA',
  'AAAAAAAAAQAAAAx1cmwgAAAAAQAAAdFzdGJsAAAA1XN0c2QAAAAAAAAAAQAAAMVhdmMxAAAAAAAAAAEAAAAAAAAAAAAA',
  'AAAAAAAAACAAIABIAAAASAAAAAAAAAABDExhdmMgbGlieDI2NAAAAAAAAAAAAAAAAAAAAAAAAAAAGP//AAAAOGF2Y0MB',
  'ZAAK/+EAG2dkAAqs2QlsBagICAoAAAMAAgAAAwAoHiRLLAEABmjr4EMsi/34+AAAAAATY29scm5jbHgAAQABAAEAAAAA',
  'EHBhc3AAAAABAAAAAQAAABRidHJ0AAAAAAAABZAAAAWQAAAAGHN0dHMAAAAAAAAAAQAAAAoAAAQAAAAAGHN0c3MAAAAA',
  'AAAAAgAAAAEAAAAGAAAAWGN0dHMAAAAAAAAACQAAAAEAAAgAAAAAAQAAFAAAAAABAAAIAAAAAAEAAAAAAAAAAQAABAAA',
  'AAABAAAMAAAAAAEAAAQAAAAAAQAAEAAAAAACAAAEAAAAABxzdHNjAAAAAAAAAAEAAAABAAAACgAAAAEAAAA8c3RzegAA',
  'AAAAAAAAAAAACgAAABcAAAAaAAAACwAAAAwAAAAMAAAAGwAAAAwAAAAgAAAACwAAAAwAAAAUc3RjbwAAAAAAAAABAAAD',
  'zwAAAD11ZHRhAAAANW1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAG1kaXJhcHBsAAAAAAAAAAAAAAAACGlsc3QAAAAIZnJl',
  'ZQAAALptZGF0AAAAE2WIhADr/veBvzLLVgCKyWn2EN8AAAAWQZokbGvKwAfMsfcgfA9ggf3L3wnbgAAAAAchnkJ4pVVB',
  'AAAACAGeYXRIv1XAAAAACAGeY2pIv1XBAAAAF0GImZWdf/7mwPmWIV9f5madbJbHPu75AAAACAGehWpIv1XBAAAAHEGa',
  'iXyZRE+vyDf6vpf/8QjZGfmio2AA6JqWL3EAAAAHIZ6neKVVQAAAAAgBnshqSL9VwA==',
].join('')

/** Grey levels of its frames, 255/219 (luma - 16), as ffmpeg 5.1 gives them too. */
const greys = [16, 37, 58, 79, 100, 121, 142, 163, 184, 205]

let folder: string
let video: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-video-'))
  video = join(folder, 'b-frames.mp4')
  await writeFile(video, Buffer.from(withBFrames, 'base64'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Which frame it is, from its red: V is neutral, so red is luma alone. */
function numberOf({ data }: { data: Uint8Array }): number {
  const red = data[(16 * 32 + 16) * 3]!
  const nearest = greys.map((grey) => Math.abs(grey - red))
  expect(Math.min(...nearest)).toBeLessThanOrEqual(2)
  return nearest.indexOf(Math.min(...nearest))
}

async function reading<T>(
  path: string,
  use: (v: Awaited<ReturnType<typeof openVideo>>) => Promise<T>,
) {
  const opened = await openVideo(path)
  try {
    return await use(opened)
  } finally {
    await opened.close()
  }
}

test('the frame at a time is the last that begins at or before it, whatever order it was coded in', () =>
  reading(video, async (opened) => {
    expect(opened).toMatchObject({ width: 32, height: 32, durationSeconds: 1 })
    for (const n of [7, 0, 9, 5, 6, 1, 2, 3, 4, 8]) {
      expect(numberOf(await opened.frameAt(n / 10))).toBe(n)
      expect(numberOf(await opened.frameAt(n / 10 + 0.099))).toBe(n)
    }
    expect(numberOf(await opened.frameAt(1))).toBe(9)
  }))

test('frames come in the order shown, each with its time', () =>
  reading(video, async (opened) => {
    const all: [number, number][] = []
    for await (const { timeSeconds, picture } of opened.frames()) {
      all.push([Math.round(timeSeconds * 1000), numberOf(picture)])
    }
    expect(all).toEqual(greys.map((_, n) => [n * 100, n]))
    const sampled: number[] = []
    for await (const { picture } of opened.frames({ everySeconds: 0.25 })) {
      sampled.push(numberOf(picture))
    }
    expect(sampled).toEqual([0, 2, 5, 7])
  }))

test('frames asked for all at once are all right', () =>
  reading(video, async (opened) => {
    const numbers = [3, 9, 0, 6].map(async (n) => numberOf(await opened.frameAt(n / 10)))
    expect(await Promise.all(numbers)).toEqual([3, 9, 0, 6])
  }))

test('a reader who leaves early can read on', () =>
  reading(video, async (opened) => {
    for await (const { picture } of opened.frames()) if (numberOf(picture) === 2) break
    expect(numberOf(await opened.frameAt(0.8))).toBe(8)
  }))

test('a turn that the file names is made: clockwise', async () => {
  const [straight, turned] = [join(folder, 'straight.mp4'), join(folder, 'turned.mp4')]
  const data = new Uint8Array(64 * 48 * 3).fill(30)
  for (let y = 0; y < 24; y++) data.fill(220, y * 64 * 3, (y * 64 + 32) * 3) // top left quarter
  await writeVideo(straight, [{ width: 64, height: 48, data }], { framesPerSecond: 5 })
  await rotate(straight, turned)
  await reading(turned, async (opened) => {
    expect(opened).toMatchObject({ width: 48, height: 64 })
    const picture = await opened.frameAt(0)
    expect(picture).toMatchObject({ width: 48, height: 64 })
    const light = (x: number, y: number): boolean => picture.data[(y * 48 + x) * 3]! > 125
    expect([light(8, 8), light(40, 8), light(8, 56), light(40, 56)]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })
})

test.each([-0.1, 1.01, Number.NaN])('there is no frame at %s s', (time) =>
  reading(video, async (opened) => {
    await expect(opened.frameAt(time)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: expect.stringMatching(/b-frames\.mp4: there is no frame at .* lasts 1 s/),
    })
  }),
)

test('a fired signal stops before and while reading', async () => {
  const controller = new AbortController()
  const opened = await openVideo(video, { signal: controller.signal })
  try {
    controller.abort()
    await expect(opened.frameAt(0.5)).rejects.toMatchObject({ code: 'Cancelled' })
    await expect(openVideo(video, { signal: controller.signal })).rejects.toMatchObject({
      code: 'Cancelled',
    })
  } finally {
    await opened.close()
  }
})

test.each([
  ['missing.mp4', undefined, 'NotFound', /no such video file/],
  ['empty.mp4', Buffer.alloc(0), 'InvalidInput', /empty/],
  ['text.mp4', Buffer.from('just text, '.repeat(50)), 'InvalidInput', /not a video in mp4/],
  ['http:%2F%2Fx.mp4', Buffer.from('#EXTM3U\nhttp://x/y.ts\n'), 'InvalidInput', /not a video/],
])('%s is refused in one line that names it', async (name, bytes, code, message) => {
  const path = join(folder, name)
  if (bytes !== undefined) await writeFile(path, bytes)
  const error = await openVideo(path).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  expect((error as Error).message).toContain(path)
  expect((error as Error).message).not.toContain('\n')
})

test('a video cut short is refused or shows what is left, never a wrong frame', async () => {
  const { length } = await readFile(video)
  const path = join(folder, 'cut.mp4')
  for (const kept of [40, 400, 800, 900, 1000, 1100, length - 1]) {
    await writeFile(path, Buffer.from(withBFrames, 'base64'))
    await truncate(path, kept)
    for (const n of [0, 4, 9]) {
      const got = await reading(path, (v) => v.frameAt(n / 10)).then(numberOf, (error: unknown) => {
        expect(error).toMatchObject({ code: 'InvalidInput' })
        return n
      })
      expect(got).toBe(n)
    }
  }
})

test('a table that claims thousands of millions of frames is refused at once', async () => {
  const bytes = Buffer.from(withBFrames, 'base64')
  for (const name of ['stts', 'ctts']) {
    const harmful = Buffer.from(bytes)
    harmful.writeUInt32BE(0xfffffff0, harmful.indexOf(name) + 12) // frames in the first run
    const path = join(folder, `${name}.mp4`)
    await writeFile(path, harmful)
    await expect(openVideo(path)).rejects.toThrow(/claims more than/)
  }
})

test('sound without pictures is refused', async () => {
  // The picture track renamed to one of sound: what an audio file looks like from outside.
  const bytes = Buffer.from(withBFrames, 'base64')
  bytes.write('soun', bytes.indexOf('vide'), 'latin1')
  const path = join(folder, 'sound.mp4')
  await writeFile(path, bytes)
  await expect(openVideo(path)).rejects.toThrow(/sound\.mp4: .*no pictures/)
})

/** The same packets in a file that says "turn by 90 degrees". */
async function rotate(from: string, to: string): Promise<void> {
  const input = new Input({ formats: [MP4], source: new FilePathSource(from) })
  const track = (await input.getPrimaryVideoTrack())!
  const decoderConfig = (await track.getDecoderConfig())!
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(to) })
  const source = new EncodedVideoPacketSource('avc')
  output.addVideoTrack(source, { rotation: 90 })
  await output.start()
  for await (const packet of new EncodedPacketSink(track).packets()) {
    await source.add(packet, { decoderConfig })
  }
  await output.finalize()
  input.dispose()
}
