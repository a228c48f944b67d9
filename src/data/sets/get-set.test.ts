import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type AnsweringServer,
  startAnsweringServer,
} from '../../../tests/support/answering-server.ts'
import { madeTar, madeZip } from '../../../tests/support/archives.ts'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { type ProgressEvent, rngFromSeed } from '../../core/index.ts'
import { getSet } from './get-set.ts'
import { type PublicSet, publicSets, type SetFile } from './public-sets.ts'

let home: string
let server: AnsweringServer | undefined
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vitrine-sets-'))
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await rm(home, { recursive: true })
})

const rng = rngFromSeed(1)
const archive = madeTar([
  { name: 'set-main/list.txt', content: '1.jpg' },
  {
    name: 'set-main/noise',
    content: Buffer.from(Array.from({ length: 600_000 }, () => rng.integer(256))),
  },
])
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function setAt(
  origin: string,
  file: Partial<SetFile> = {},
  set: Partial<PublicSet> = {},
): PublicSet {
  return {
    name: 'small',
    title: 'A small set',
    page: 'https://example.org',
    terms: 'none',
    spaceBytes: 1e6,
    isIn: (folder) =>
      access(join(folder, 'list.txt')).then(
        () => true,
        () => false,
      ),
    files: [
      {
        name: 'small.tar.gz',
        url: `${origin}/small.tar.gz`,
        sha256: sha256(archive),
        limitBytes: 1e6,
        unpack: { format: 'tar', strip: 1, limitBytes: 1e6 },
        ...file,
      },
      { name: 'pairs.txt', url: `${origin}/pairs.txt`, limitBytes: 1000 },
    ],
    ...set,
  }
}

/** Serves the set; the first answers break off in the middle. */
async function serve({ broken = 0, ranges = true } = {}): Promise<AnsweringServer> {
  let left = broken
  server = await startAnsweringServer({
    '/small.tar.gz': (response, { headers }) => {
      const start = ranges ? Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) : 0
      const rest = archive.subarray(start)
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"v1"',
        'content-length': rest.length,
        ...(start > 0
          ? { 'content-range': `bytes ${start}-${archive.length - 1}/${archive.length}` }
          : {}),
      })
      if (left-- <= 0) return void response.end(rest)
      response.write(rest.subarray(0, rest.length / 2), () =>
        setTimeout(() => response.destroy(), 30),
      )
    },
    '/pairs.txt': (response) => void response.end('a b'),
  })
  return server
}

test('a set is downloaded, checked, unpacked under its name, and not got twice', async () => {
  const { origin, asked } = await serve()
  const events: ProgressEvent[] = []
  const got = await getSet(setAt(origin), { home, progress: (event) => events.push(event) })
  expect(got).toEqual({ folder: join(home, 'small'), wasThere: false })
  expect((await readdir(got.folder)).sort()).toEqual(['list.txt', 'noise', 'pairs.txt'])
  expect(await readFile(join(got.folder, 'pairs.txt'), 'utf8')).toBe('a b')
  const last = events.filter(({ task }) => task === 'Downloading small.tar.gz').at(-1)
  expect(last).toMatchObject({ unit: 'MB', done: last?.total })
  expect(await getSet(setAt(origin), { home })).toEqual({ ...got, wasThere: true })
  expect(asked).toHaveLength(2)
  expect(await readdir(join(home, '.downloads'))).toEqual([])
})

test.each([true, false])(
  'a download that breaks off goes on (server with ranges: %s)',
  async (ranges) => {
    const { origin, asked } = await serve({ broken: 1, ranges })
    await getSet(setAt(origin), { home })
    expect(await readFile(join(home, 'small', 'list.txt'), 'utf8')).toBe('1.jpg')
    expect(asked[1]!.headers.range).toMatch(/^bytes=[1-9]\d*-$/)
  },
  20_000,
)

test('a download that was stopped is taken up by the next command', async () => {
  const { origin, asked } = await serve({ broken: 1 })
  const stop = new AbortController()
  const progress = ({ done }: ProgressEvent) => {
    if (done > 0) stop.abort()
  }
  const stopped = getSet(setAt(origin), { home, progress, signal: stop.signal })
  await expect(stopped).rejects.toMatchObject({ code: 'Cancelled' })
  expect(await readdir(home)).toEqual(['.downloads'])
  await getSet(setAt(origin), { home })
  expect(asked[1]!.headers.range).toMatch(/^bytes=[1-9]\d*-$/)
}, 20_000)

test('of two that get one set at the same time one is told, and a killed one is no hindrance', async () => {
  const { origin } = await serve()
  const twice = [getSet(setAt(origin), { home }), getSet(setAt(origin), { home })]
  const outcomes = await Promise.allSettled(twice)
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  expect(refused?.reason).toMatchObject({
    code: 'Conflict',
    message: expect.stringMatching(/small\.lock: .*process.* is getting small; wait for it/),
  })
  expect(await readdir(join(home, '.downloads'))).toEqual([])

  await rm(join(home, 'small'), { recursive: true })
  await mkdir(join(home, '.unpacking-small', 'half'), { recursive: true })
  const killed = { pid: 2 ** 22 + 1, host: hostname(), token: 't' }
  await writeFile(join(home, '.downloads', 'small.lock'), JSON.stringify(killed))
  await getSet(setAt(origin), { home })
  expect((await readdir(home)).sort()).toEqual(['.downloads', 'small'])
})

test('what is not what its checksum says, too large or not the set leaves nothing behind', async () => {
  const { origin } = await serve()
  const nothing = async () =>
    expect((await readdir(home)).filter((name) => name !== '.downloads')).toEqual([])
  const other = setAt(origin, { sha256: sha256(Buffer.from('other')) })
  await expect(getSet(other, { home })).rejects.toThrow(/its sha256 is .*nothing is kept/)
  await nothing()
  await expect(getSet(setAt(origin, { limitBytes: 1000 }), { home })).rejects.toThrow(
    /at most 1000/,
  )
  await nothing()
  const unlike = setAt(origin, {}, { isIn: async () => false })
  await expect(getSet(unlike, { home })).rejects.toThrow(/what was unpacked is not the data set/)
  await nothing()
  const trap = setAt(origin, { unpack: { format: 'tar', limitBytes: 1000 } })
  await expect(getSet(trap, { home })).rejects.toThrow(/unpacks to more than/)
  await nothing()
})

test('an archive that was downloaded already is held to the same checksum', async () => {
  const { origin, asked } = await serve()
  const given = join(home, 'given.tar.gz')
  const get = () => getSet(setAt(origin), { home, archive: given })
  await expect(get()).rejects.toMatchObject({ code: 'NotFound' })
  await writeFile(given, madeTar([{ name: 'set-main/list.txt', content: '2.jpg' }]))
  await expect(get()).rejects.toThrow(/given\.tar\.gz: its sha256 is .*, that of small\.tar\.gz is/)
  await writeFile(given, archive)
  await get()
  expect(asked.map(({ path }) => path)).toEqual(['/pairs.txt'])
})

test('too small a disk and a place that is taken are told before anything is asked', async () => {
  const { origin, asked } = await serve()
  const huge = setAt(origin, {}, { spaceBytes: 1e18 })
  await expect(getSet(huge, { home })).rejects.toThrow(
    /MB free, small takes 1000000000000 MB.*make room/,
  )
  await mkdir(join(home, 'small'))
  await writeFile(join(home, 'small', 'mine.txt'), 'mine')
  await expect(getSet(setAt(origin), { home })).rejects.toMatchObject({ code: 'Conflict' })
  expect(asked).toEqual([])
})

test('vitrine data: lists, says that Kaggle needs a login, unpacks its archive, and names are data', async () => {
  const vitrine = (...args: string[]) =>
    runVitrine(args, { cwd: home, env: { VITRINE_DATA: 'sets' } })
  const before = await vitrine('data', 'list')
  expect(before.stdout).toMatch(/grocery: .*\n {2}not there; vitrine data get grocery\n/)
  const login = await vitrine('data', 'get', 'fashion')
  expect(login).toMatchObject({ exitCode: 5, stdout: '' })
  expect(login.stderr).toMatch(/kaggle\.com.* asks for a login; download archive\.zip/)
  expect((await vitrine('data', 'get', 'nothing')).stderr).toMatch(
    /no data set "nothing"; the sets are grocery, lfw/,
  )
  expect((await vitrine('data', 'get', 'grocerry')).stderr).toMatch(
    /no data set "grocerry"; did you mean grocery\?/,
  )
  expect(await vitrine('data', 'get')).toMatchObject({ exitCode: 2 })

  const header =
    'id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName'
  const line = '12,Men,Apparel,Topwear,Shirts,Purple,Fall,2011,Formal,A shirt'
  const zip = madeZip([
    { name: 'styles.csv', content: `${header}\n${line}\n` },
    { name: 'images/12.jpg', content: 'no picture' },
    { name: 'myntradataset/images/12.jpg', content: 'no picture' },
  ])
  await writeFile(join(home, 'archive.zip'), zip)
  const got = await vitrine('data', 'get', 'fashion', '--archive', 'archive.zip')
  expect(got).toMatchObject({ exitCode: 0 })
  expect(got.stdout).toMatch(/^sets\/fashion: is there now\. Terms: /)
  expect((await readdir(join(home, 'sets', 'fashion'))).sort()).toEqual(['images', 'styles.csv'])
  const after = JSON.parse((await vitrine('data', 'list', '--json')).stdout)
  expect(
    after.sets.map(({ name, isThere }: { name: string; isThere: boolean }) => [name, isThere]),
  ).toEqual([
    ['grocery', false],
    ['lfw', false],
    ['fashion', true],
  ])
  const indexed = await vitrine('index', 'fashion')
  expect(indexed.stderr).toMatch(/fashion: none of its 1 pictures can be read \(first: .*12\.jpg/)
}, 30_000)

test('every set is asked for over https, and archives have limits', () => {
  for (const { name, files, page } of publicSets) {
    expect(page).toMatch(/^https?:/)
    expect(name).toMatch(/^[a-z]+$/)
    for (const { url, sha256 } of files) {
      if (url !== undefined) expect(url).toMatch(/^https:/)
      if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    }
  }
})
