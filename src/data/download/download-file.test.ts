import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type AnswerFunction,
  type AnsweringServer,
  startAnsweringServer,
} from '../../../tests/support/answering-server.ts'
import type { ProgressEvent } from '../../core/index.ts'
import { type DownloadOptions, downloadFile, type Integrity } from './download-file.ts'
import { requestJson } from './request.ts'

const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) % 251))
const sha256: Integrity = {
  algorithm: 'sha256',
  digest: createHash('sha256').update(body).digest('hex'),
  encoding: 'hex',
}

let folder: string
let server: AnsweringServer
let answer: AnswerFunction
let asked: AnsweringServer['asked']
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-download-'))
  server = await startAnsweringServer((response, request) => answer(response, request))
  asked = server.asked
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const address = (path = '/file') => server.origin + path
const download = (options: Partial<DownloadOptions> = {}) =>
  downloadFile({
    url: address(),
    path: join(folder, 'file'),
    limitBytes: 1 << 20,
    integrity: sha256,
    retryDelayMs: 1,
    ...options,
  })
const left = () => readdir(folder)

test('a file comes whole, checked, with progress, and leaves nothing beside it', async () => {
  answer = (response) => response.writeHead(200, { 'content-length': body.length }).end(body)
  const events: ProgressEvent[] = []
  await download({ progress: (event) => events.push(event), task: 'Pulling x' })
  expect((await readFile(join(folder, 'file'))).equals(body)).toBe(true)
  expect(await left()).toEqual(['file'])
  expect(events.at(-1)).toEqual({
    task: 'Pulling x',
    done: body.length,
    total: body.length,
    unit: 'bytes',
  })
})

/** Waits until that much of the file is on the disk, so that breaking the connection loses nothing. */
async function whenWritten(bytes: number): Promise<void> {
  const part = join(folder, 'file.part')
  for (let tries = 0; tries < 1000; tries++) {
    const { size } = await stat(part).catch(() => ({ size: 0 }))
    if (size >= bytes) return
    await wait(5)
  }
}

/** Sends at most 30,000 bytes a connection, then breaks it. */
const breaking =
  (etag: () => string, bytes = 30_000): AnswerFunction =>
  (response, request) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = body.subarray(start)
    const partial = request.headers['if-range'] === etag() && start > 0
    const sent = partial ? rest : body
    response.writeHead(partial ? 206 : 200, {
      etag: etag(),
      'content-length': sent.length,
      ...(partial ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
    })
    response.write(sent.subarray(0, bytes), () => {
      if (sent.length > bytes) whenWritten(start + bytes).finally(() => response.destroy())
      else response.end()
    })
  }

test('a broken connection is taken up where it ended', async () => {
  answer = breaking(() => '"one"')
  await download({ retries: 5 })
  expect((await readFile(join(folder, 'file'))).equals(body)).toBe(true)
  expect(asked.length).toBeGreaterThan(1)
  for (const { headers } of asked.slice(1)) expect(headers.range).toMatch(/^bytes=[1-9]\d*-$/)
})

test('a download that was given up is taken up by the next one', async () => {
  answer = breaking(() => '"one"')
  await expect(download({ retries: 0 })).rejects.toMatchObject({ code: 'Unavailable' })
  expect((await left()).sort()).toEqual(['file.part', 'file.part.etag'])
  answer = breaking(() => '"one"', 1 << 20)
  await download()
  expect(asked.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/)
  expect((await readFile(join(folder, 'file'))).equals(body)).toBe(true)
  expect(await left()).toEqual(['file'])
})

test('a file that changed meanwhile is downloaded anew', async () => {
  await writeFile(join(folder, 'file.part'), 'of another file')
  await writeFile(join(folder, 'file.part.etag'), '"old"')
  answer = breaking(() => '"new"', 1 << 20)
  await download()
  expect((await readFile(join(folder, 'file'))).equals(body)).toBe(true)
})

test('a server that lies about the rest is not believed', async () => {
  await writeFile(join(folder, 'file.part'), body.subarray(0, 5))
  await writeFile(join(folder, 'file.part.etag'), '"one"')
  answer = (response, request) =>
    request.headers.range === undefined
      ? response.writeHead(200, { etag: '"one"' }).end(body)
      : response.writeHead(206, { etag: '"one"', 'content-range': 'bytes 50-99/100' }).end('x')
  await download()
  expect((await readFile(join(folder, 'file'))).equals(body)).toBe(true)
})

test('what does not match its checksum is refused and not kept', async () => {
  answer = (response) => response.writeHead(200, { etag: '"e"' }).end('something else')
  await expect(download()).rejects.toThrow(/its sha256 is .* nothing is kept/)
  expect(await left()).toEqual([])
})

test('a file that is declared too large is refused before it comes', async () => {
  answer = (response) => response.writeHead(200, { 'content-length': 2 ** 40 }).flushHeaders()
  await expect(download()).rejects.toThrow(/is 1099511627776 bytes or more, at most 1048576/)
  expect(await left()).toEqual([])
})

test('a file that does not end is cut off at the limit', async () => {
  answer = (response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write(body));
      response.once('drain', pour)
    }
    pour()
  }
  await expect(download()).rejects.toThrow(/bytes or more, at most 1048576 are taken/)
  expect(await left()).toEqual([])
})

test('a length that is more than what comes is no success', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': body.length + 5 })
    response.write(body, () => response.destroy())
  }
  const error = await download({ retries: 1, integrity: undefined }).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'Unavailable' })
  expect(existsSync(join(folder, 'file'))).toBe(false)
})

test('a redirect stays with the server unless a rule allows more', async () => {
  let told: string | undefined
  const other = await startAnsweringServer((response, { headers }) => {
    told = headers.authorization
    response.end(body)
  })
  const elsewhere = `${other.origin}/file`
  try {
    answer = (response, request) =>
      request.url === '/file'
        ? response.writeHead(302, { location: '/moved' }).end()
        : response.writeHead(302, { location: elsewhere }).end()
    await expect(download()).rejects.toThrow(/moved: redirects to http.*, which is not allowed/)
    const headers = { authorization: 'Bearer secret' }
    await download({ headers, allowRedirect: (target) => target.hostname === '127.0.0.1' })
    expect(told).toBeUndefined()
    expect(existsSync(join(folder, 'file'))).toBe(true)
    for (const location of ['file:///etc/passwd', 'http://', 'ftp://127.0.0.1/x']) {
      answer = (response) => response.writeHead(302, { location }).end()
      await expect(download()).rejects.toMatchObject({ code: 'InvalidInput' })
    }
    answer = (response) => response.writeHead(302, { location: '/file' }).end()
    await expect(download({ retries: 0 })).rejects.toThrow(/more than 5 redirects/)
  } finally {
    await other.close()
  }
})

test('a silent server counts as a broken connection, and Ctrl-C ends the waiting', async () => {
  answer = (response) => response.writeHead(200, { 'content-length': 10 }).flushHeaders()
  const silence = /no byte came for 0\.05 s; try again later/
  await expect(download({ stallMs: 50, retries: 1 })).rejects.toThrow(silence)
  expect(asked).toHaveLength(2)
  answer = () => {} // not even headers
  const silent = download({ stallMs: 50, retries: 1 })
  await expect(silent).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(silence),
  })
  expect(asked).toHaveLength(4)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 30)
  await expect(download({ signal: stop.signal })).rejects.toMatchObject({ code: 'Cancelled' })
})

test.each([
  [404, 'NotFound'],
  [401, 'Permission'],
  [500, 'Unavailable'],
])('%i is %s', async (status, code) => {
  answer = (response) => response.writeHead(status).end()
  await expect(download({ retries: 1 })).rejects.toMatchObject({ code })
  expect(asked).toHaveLength(code === 'Unavailable' ? 2 : 1)
})

test('a document that is no JSON or too long is refused, and no server is one line', async () => {
  answer = (response) => response.end('<html>')
  await expect(requestJson(address(), { limitBytes: 100 })).rejects.toThrow(/sends no JSON/)
  answer = (response) => response.end(body)
  await expect(requestJson(address(), { limitBytes: 100 })).rejects.toThrow(/more than 100 bytes/)
  answer = () => {} // nothing at all
  await expect(requestJson(address(), { limitBytes: 100, limitMs: 50 })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(/took longer than 0\.05 s; try again later/),
  })
  const gone = address()
  await server.close()
  await expect(requestJson(gone, { limitBytes: 100 })).rejects.toThrow(
    /cannot be reached \(.+\); check the network, or name a folder/,
  )
})
