// Claim: every frame read from a video is the frame that FFmpeg gives, at its time, and reading costs at
// most a few times what it costs the ffmpeg command line.
//
// Peer, in alternating rounds: the ffmpeg command, decoding the same file to RGB and throwing it away,
// and seeking to the same times (a process each). It also makes the files: H.264 with B-frames, H.265, VP9, AV1.
import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { openVideo, type Picture, writeVideo } from '../src/data/index.ts'
import { alternate, printResult, timed } from './median.ts'
import { scratchFolder } from './scratch-folder.ts'

const peer = 'ffmpeg'
const seconds = 4
const rate = 25
const source = (size: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
  ...['-vf', 'scale=out_color_matrix=bt709', '-pix_fmt', 'yuv420p'],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
]
const files = {
  'H.264, B-frames, 640x360': ['h264.mp4', source('640x360'), ['-c:v', 'libx264', '-bf', '3']],
  'H.264, B-frames, 1280x720': ['h264-720.mp4', source('1280x720'), ['-c:v', 'libx264']],
  'H.265, 640x360': ['h265.mov', source('640x360'), ['-c:v', 'libx265', '-tag:v', 'hvc1']],
  'VP9, 640x360': ['vp9.webm', source('640x360'), ['-c:v', 'libvpx-vp9', '-cpu-used', '8']],
  'AV1, 640x360': ['av1.mp4', source('640x360'), ['-c:v', 'libsvtav1']],
} as const
const toRgb = ['-pix_fmt', 'rgb24', '-f', 'rawvideo']
const seekTimes = [0.1, 3.9, 1.33, 2.5, 0.77]

const folder = await scratchFolder()
await main()

async function main(): Promise<void> {
  const missing = await ffmpeg(['-version']).then(
    () => false,
    () => true,
  )
  const results = []
  const notes: string[] = []
  const table = [
    ['video', 'frames/s', 'ffmpeg', 'ratio', 'seek ms', 'ffmpeg', 'mean difference', 'worst frame'],
  ]
  if (missing)
    notes.push('ffmpeg is not installed: only a file of our own was read, without a peer')
  for (const [name, [file, input, encoder]] of missing ? [] : Object.entries(files)) {
    const path = join(folder, file)
    try {
      await ffmpeg([...input, ...encoder, path])
    } catch {
      notes.push(`${name}: this ffmpeg has no such encoder`)
      continue
    }
    const times = await alternate(5, {
      all: timed(() => readAll(path)),
      ffmpegAll: timed(() => ffmpeg(['-i', path, ...toRgb, '-y', devNull])),
      seek: timed(() => seek(path)),
      ffmpegSeek: timed(async () => {
        for (const time of seekTimes) {
          await ffmpeg(['-ss', String(time), '-i', path, '-frames:v', '1', ...toRgb, '-'])
        }
      }),
    })
    const { mean, worst } = await difference(path)
    const frames = seconds * rate
    const result = {
      name,
      framesPerSecond: (frames / times.all) * 1000,
      ffmpegFramesPerSecond: (frames / times.ffmpegAll) * 1000,
      ratio: times.ffmpegAll / times.all,
      seekMs: times.seek / seekTimes.length,
      ffmpegSeekMs: times.ffmpegSeek / seekTimes.length,
      meanDifference: mean,
      worstFrame: worst,
    }
    results.push(result)
    table.push([
      name,
      ...[result.framesPerSecond, result.ffmpegFramesPerSecond].map((v) => v.toFixed(0)),
      result.ratio.toFixed(2),
      ...[result.seekMs, result.ffmpegSeekMs].map((v) => v.toFixed(1)),
      ...[mean, worst].map((v) => v.toFixed(3)),
    ])
  }
  if (missing) {
    const path = join(folder, 'own.mp4')
    const data = new Uint8Array(640 * 360 * 3)
    await writeVideo(path, Array(rate * seconds).fill({ width: 640, height: 360, data }), {
      framesPerSecond: rate,
    })
    const { all } = await alternate(5, { all: timed(() => readAll(path)) })
    const framesPerSecond = ((rate * seconds) / all) * 1000
    table.push(['own H.264', framesPerSecond.toFixed(0), ...Array<string>(6).fill('-')])
  }
  notes.push(
    'difference: of a colour value, 0 to 255, between a frame and the same frame by ffmpeg',
  )
  printResult({ benchmark: 'video frames', results }, table, notes)
}

async function readAll(path: string): Promise<void> {
  const video = await openVideo(path)
  for await (const _ of video.frames());
  await video.close()
}

async function seek(path: string): Promise<void> {
  const video = await openVideo(path)
  for (const time of seekTimes) await video.frameAt(time)
  await video.close()
}

/** Every frame in turn, and some by their time, against ffmpeg's frame of that number. */
async function difference(path: string): Promise<{ mean: number; worst: number }> {
  const theirs = await ffmpeg(['-i', path, ...toRgb, '-'])
  const differences: number[] = []
  const compare = (seconds: number, { data }: Picture): void => {
    const first = Math.floor(seconds * rate + 1e-6) * data.length
    let sum = 0
    for (let i = 0; i < data.length; i++) sum += Math.abs(data[i]! - theirs[first + i]!)
    differences.push(sum / data.length)
  }
  const video = await openVideo(path)
  for await (const { timeSeconds, picture } of video.frames()) compare(timeSeconds, picture)
  for (const time of seekTimes) compare(time, await video.frameAt(time))
  await video.close()
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
  return { mean, worst: Math.max(...differences) }
}

/** What the command writes to its standard output. */
function ffmpeg(options: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(peer, ['-nostdin', '-v', 'quiet', ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.on('error', reject)
    child.on('close', (status) =>
      status === 0
        ? resolve(Buffer.concat(parts))
        : reject(new Error(`ffmpeg ended with ${status}`)),
    )
  })
}
