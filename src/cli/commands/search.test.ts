import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  hugePng,
  soundOnlyVideo,
  svgDrawing,
  truncatedJpeg,
} from '../../../tests/support/bad-files.ts'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { shopColours, writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { decodeImage, writeVideo } from '../../data/index.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-search-'))
  await writeUntrainedModel(join(cwd, 'model'))
  await writeUntrainedModel(join(cwd, 'other'), { seed: 2 })
  await writeSmallShop(cwd)
  const args = ['index', 'shop', '--model', 'model', '--threads', '1']
  expect((await runVitrine(args, { cwd })).stderr).toBe('')
  // Left half green, right half blue; the video has a second of it and a second of its mirror.
  const half = (background: string) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toBuffer()
  const two = sharp(await half(shopColours.green)).extend({
    right: 64,
    background: shopColours.blue,
  })
  await writeFile(join(cwd, 'two.png'), await two.png().toBuffer())
  const picture = await decodeImage(join(cwd, 'two.png'))
  const mirror = await decodeImage(await sharp(join(cwd, 'two.png')).flop().png().toBuffer())
  const frames = Array.from({ length: 20 }, (_, i) => (i < 10 ? picture : mirror))
  await writeVideo(join(cwd, 'two.mp4'), frames, { framesPerSecond: 10 })
})
afterAll(() => rm(cwd, { recursive: true }))

const search = (...args: string[]) =>
  runVitrine(['search', '--model', 'model', '--threads', '1', ...args], { cwd })

interface Answer {
  readonly hits: readonly { rank: number; product: string; score: number; picture: string }[]
}
async function firstOf(...args: string[]): Promise<string> {
  const { stdout, stderr } = await search(...args, '--json')
  expect(stderr).toBe('')
  return (JSON.parse(stdout) as Answer).hits[0]!.product
}

test('a picture finds its product, in a table and as JSON', async () => {
  const { exitCode, stdout } = await search('shop/red/1.png', '--top', '3')
  const [head, , first, ...rest] = stdout.trimEnd().split('\n')
  expect(head).toMatch(/^rank +product +title +score +picture$/)
  expect(first).toMatch(/^ +1 +red +red +1\.000 +shop\/red\/1\.png$/)
  expect(rest).toHaveLength(2)
  expect(exitCode).toBe(0)
  const { hits } = JSON.parse((await search('shop/red/1.png', '--json')).stdout) as Answer
  expect(hits.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5])
  expect(hits[0]).toMatchObject({ product: 'red', picture: join(cwd, 'shop', 'red', '1.png') })
})

test('by picture every picture counts for itself, and more than there are is all there are', async () => {
  const { stdout } = await search('shop/red/1.png', '--by', 'picture', '--top', '100', '--json')
  const { hits } = JSON.parse(stdout) as Answer
  expect(hits).toHaveLength(10)
  expect(hits.slice(0, 2).map(({ product }) => product)).toEqual(['red', 'red'])
})

test('a box searches with a part of the picture', async () => {
  expect(await firstOf('two.png', '--box', '4,4,56,56')).toBe('green')
  expect(await firstOf('two.png', '--box', '68,4,56,56')).toBe('blue')
})

test('a video is searched at a time', async () => {
  expect(await firstOf('two.mp4', '--time', '0.5', '--box', '4,4,56,56')).toBe('green')
  expect(await firstOf('two.mp4', '--time', '0:01.5', '--box', '4,4,56,56')).toBe('blue')
})

test('a sheet shows the query with its box and the hits, and escapes every text', async () => {
  const evil = '<b onclick="x">&.png'
  await writeFile(join(cwd, evil), await readFile(join(cwd, 'two.png')))
  const { stdout } = await search(evil, '--box', '4,4,56,56', '--sheet', 'out/found.html')
  expect(stdout).toContain('Sheet: out/found.html')
  const page = await readFile(join(cwd, 'out/found.html'), 'utf8')
  expect(page).toContain('&lt;b onclick=&quot;x&quot;&gt;&amp;.png')
  expect(page).not.toContain('<b onclick')
  expect(page.match(/<img /g)).toHaveLength(6)
  expect(page).toContain('left:3.13%;top:6.25%;width:43.75%;height:87.50%')
  expect(page).not.toMatch(/https?:|<script/)
})

const files: [
  name: string,
  bytes: () => Promise<Uint8Array | string>,
  args: string[],
  line: RegExp,
][] = [
  ['cut.jpg', truncatedJpeg, [], /cut\.jpg: looks like a JPEG picture but is cut off or damaged/],
  ['huge.png', async () => hugePng(), [], /huge\.png: claims 30000 x 30000 pixels, at most 100/],
  ['drawing.svg', async () => svgDrawing, [], /drawing\.svg: is an SVG drawing, wanted a JPEG/],
  ['words.jpg', async () => 'words', [], /words\.jpg: is text, wanted a JPEG.*convert it/],
  ['none.jpg', async () => '', [], /none\.jpg: the file is empty, wanted a picture; copy it/],
  [
    'words.mp4',
    async () => 'words '.repeat(200),
    ['--time', '1'],
    /words\.mp4: not a video in mp4.*convert it/,
  ],
  ['sound.mov', soundOnlyVideo, ['--time', '0'], /sound\.mov: has sound but no pictures; name/],
]

test.each(files)('%s is one clear line', async (name, bytes, args, line) => {
  await writeFile(join(cwd, name), await bytes())
  expectFault(await search(name, ...args), 2, line)
})

const lines: [args: string[], code: number, line: RegExp][] = [
  [['gone.jpg'], 3, /gone\.jpg: no such picture file; check the path/],
  [['gone.mp4', '--time', '1'], 3, /gone\.mp4: no such video file; check the path/],
  [['shop'], 2, /shop: is a folder, wanted a picture file/],
  [['two.png', '--box', '100,0,56,56'], 2, /two\.png: box 100,0,56,56 .* 128 x 64 pixels; give/],
  [['two.png', '--box', '-1,0,5,5'], 2, /two\.png: box -1,0,5,5 does not lie inside/],
  [['two.mp4', '--time', '1', '--box', '0,0,128,65'], 2, /two\.mp4: box .* 128 x 64 pixels/],
  [['two.png', '--box', 'NaN,0,5,5'], 2, /--box: got "NaN,0,5,5", wanted x,y,width,height/],
  [['two.png', '--box', '0,0,0,5'], 2, /--box: got "0,0,0,5", wanted .* at least 1/],
  [['two.png', '--box', '0.5,0,5,5'], 2, /--box: got "0\.5,0,5,5", wanted x,y/],
  [['two.png', '--time', '1'], 2, /two\.png: is a picture, only a video has a time; leave out/],
  [['two.mp4'], 2, /two\.mp4: is a video; say which moment to search with, --time 0:12\.5/],
  [['two.mp4', '--time', '2.5'], 2, /two\.mp4: there is no frame at 2\.5 s, the video lasts 2 s/],
  [['two.mp4', '--time', 'noon'], 2, /--time: got "noon", wanted seconds or minutes:seconds/],
  [['two.png', '--top', '0'], 2, /--top: got "0", wanted a whole number from 1 to 1000/],
  [['two.png', '--sheet', 'x.pdf'], 2, /--sheet: got "x\.pdf", wanted .*\.html/],
  [['two.png', '--tpo=3'], 2, /--tpo: there is no such option; did you mean --top\?/],
  [['two.png', '--index', 'shop'], 3, /shop\/index\.json: there is no index here; make one/],
  [['two.png', '--index', 'nowhere'], 3, /nowhere\/index\.json: there is no index here/],
  [
    ['two.png', '--model', 'other'],
    4,
    /made by the encoder untrained-1 .*index the catalogue again/,
  ],
  [['two.png', '--model', 'nowhere'], 3, /nowhere: there is no model here .*"vitrine train"/],
  [[], 2, /--query: missing/],
]

test.each(lines)('%j is one clear line', async (args, code, line) => {
  expectFault(await search(...args), code, line)
})

test('a folder with a broken index says so', async () => {
  await mkdir(join(cwd, 'broken'))
  await writeFile(join(cwd, 'broken', 'index.json'), '{"format":1')
  expectFault(
    await search('two.png', '--index', 'broken'),
    2,
    /broken\/index\.json: is not JSON .*build the index again with "vitrine index"/,
  )
})

function expectFault(
  outcome: { exitCode: number; stdout: string; stderr: string },
  code: number,
  line: RegExp,
): void {
  expect(outcome.stderr).toMatch(line)
  expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ exitCode: outcome.exitCode, stdout: outcome.stdout }).toEqual({
    exitCode: code,
    stdout: '',
  })
}
