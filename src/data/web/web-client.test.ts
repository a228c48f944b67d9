import { afterEach, expect, test } from 'vitest'
import type { Answers } from '../../../tests/support/answering-server.ts'
import { webWorld } from '../../../tests/support/web-world.ts'
import { isPublicAddress } from './public-address.ts'
import { retryAfterMs } from './retry-after.ts'

const { serve, client, close } = webWorld()
afterEach(close)

const text = (bytes: Buffer): string => bytes.toString()

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://0x7f000001/',
  'http://2130706433/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0.0.0.0/',
  'http://localhost/',
  'https://localhost/',
])('%s is refused before any connection', async (address) => {
  await expect(client({ allowAddress: isPublicAddress }).get(address)).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringMatching(/is not on the public internet; allow it with --allow-private/),
  })
})

test.each([
  'file:///etc/passwd',
  'ftp://example.org/a.jpg',
  'data:image/png;base64,AA',
  'gopher://x/',
  'http://me:secret@example.org/',
  'no address',
])('%s is no address to be fetched', async (address) => {
  await expect(client().get(address)).rejects.toMatchObject({ code: 'InvalidInput' })
})

test('a public name that resolves to a private address is refused, also beside a public one', async () => {
  const server = await serve({ '/': (response) => void response.end('secret') })
  const port = new URL(server.origin).port
  for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
    const guarded = client({
      allowAddress: isPublicAddress,
      resolve: (_, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
    })
    await expect(guarded.get(`http://shop.example:${port}/`)).rejects.toThrow(
      /shop\.example \(.*127\.0\.0\.1\) is not on the public internet/,
    )
  }
  expect(server.asked).toEqual([])
})

test('DNS rebinding: the address that was judged is the one connected to', async () => {
  const server = await serve({ '/': (response) => void response.end('here') })
  const port = new URL(server.origin).port
  const answers = ['127.0.0.1', '127.0.0.2'] // nobody listens at the second
  let lookups = 0
  const rebound = client({
    resolve: (_, done) => done(null, [{ address: answers[lookups++]!, family: 4 }]),
  })
  expect(text((await rebound.get(`http://shop.example:${port}/`)).bytes)).toBe('here')
  expect(lookups).toBe(1)
})

test('redirects are followed five times, and each is judged as the first', async () => {
  const to =
    (location: string): Answers[string] =>
    (response) =>
      void response.writeHead(302, { location }).end('moved')
  const server = await serve({
    ...Object.fromEntries([5, 4, 3, 2, 1].map((n) => [`/${n}`, to(`/${n - 1}`)])),
    '/0': (response) => void response.end('at last'),
    '/6': to('/5'),
    '/loop': to('/loop'),
    '/file': to('file:///etc/passwd'),
  })
  expect(text((await client().get(`${server.origin}/5`)).bytes)).toBe('at last')
  await expect(client().get(`${server.origin}/6`)).rejects.toThrow(/redirects more than 5 times/)
  await expect(client().get(`${server.origin}/loop`)).rejects.toThrow(/more than 5 times/)
  await expect(client().get(`${server.origin}/file`)).rejects.toThrow(
    /file:\/\/ addresses are not fetched/,
  )
})

test('a redirect to a host that is not allowed is refused, by address and by name', async () => {
  const inner = await serve({ '/': (response) => void response.end('secret') })
  const port = new URL(inner.origin).port
  const to =
    (location: string): Answers[string] =>
    (response) =>
      void response.writeHead(302, { location }).end()
  const outer = await serve({
    '/address': to(`${inner.origin}/`),
    '/name': to(`http://inner.example:${port}/`),
  })
  expect(text((await client().get(`${outer.origin}/address`)).bytes)).toBe('secret')
  for (const path of ['/address', '/name']) {
    let judged = 0
    const guarded = client({
      allowAddress: () => judged++ === 0, // the first server counts as public, what follows does not
      resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    await expect(guarded.get(outer.origin + path)).rejects.toThrow(/not on the public internet/)
    expect(judged).toBe(2)
  }
  expect(inner.asked).toHaveLength(1)
})

test('what is gone, forbidden or broken for good is asked once', async () => {
  const server = await serve({
    '/forbidden': (response) => void response.writeHead(403).end(),
    '/gone': (response) => void response.writeHead(410).end(),
  })
  await expect(client().get(`${server.origin}/none`)).rejects.toMatchObject({ code: 'NotFound' })
  await expect(client().get(`${server.origin}/gone`)).rejects.toThrow(/answered 410/)
  await expect(client().get(`${server.origin}/forbidden`)).rejects.toThrow(/answered 403.*browser/)
  expect(server.asked).toHaveLength(3)
})

test('a server in trouble is asked again, and left alone for as long as it asks', async () => {
  const failures = [429, 503, 500]
  const times: number[] = []
  const server = await serve({
    '/': (response) => {
      times.push(Date.now())
      const status = failures.shift()
      if (status === undefined) response.end('well again')
      else response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end()
    },
    '/always': (response) => void response.writeHead(502).end(),
    '/long': (response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
  })
  expect(text((await client().get(`${server.origin}/`)).bytes)).toBe('well again')
  expect(times).toHaveLength(4)
  expect(times[1]! - times[0]!).toBeGreaterThan(950)
  await expect(client().get(`${server.origin}/always`)).rejects.toThrow(/answered 502/)
  expect(server.asked.filter(({ path }) => path === '/always')).toHaveLength(4)
  await expect(client().get(`${server.origin}/long`)).rejects.toThrow(/429 and asks to wait 3600 s/)
})

test('the waits that servers ask for, in seconds and as dates', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(retryAfterMs('2', now)).toBe(2000)
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000)
  expect(retryAfterMs('Thu, 01 Jan 2025 00:00:30 GMT', now)).toBe(0)
  expect(retryAfterMs('soon', now)).toBe(0)
  expect(retryAfterMs(undefined, now)).toBe(0)
})

test('a host has so many requests at once, and a dead one is given up', async () => {
  let [now, most] = [0, 0]
  const server = await serve({
    '/': (response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.end('x')
      }, 10)
    },
  })
  const polite = client({ atOncePerHost: 3 })
  await Promise.all(Array.from({ length: 20 }, () => polite.get(`${server.origin}/`)))
  expect(most).toBe(3)

  await server.close()
  const faults: unknown[] = []
  for (let i = 0; i < 10; i++)
    faults.push(await polite.get(`${server.origin}/`).catch((error: Error) => error.message))
  expect(faults[0]).toMatch(/did not answer in full/)
  expect(faults.at(-1)).toMatch(/was not reachable 8 times in a row; try again later/)
})

test('work that is stopped ends at once', async () => {
  const server = await serve({ '/': () => {} }) // never answers
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 50)
  await expect(client().get(`${server.origin}/`, { signal: stop.signal })).rejects.toMatchObject({
    code: 'Cancelled',
  })
})
