import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import {
  type Answers,
  type LocalServer,
  startLocalServer,
} from '../../../tests/support/local-server.ts'
import { isPublicAddress } from './public-address.ts'
import { retryAfterMs } from './retry-after.ts'
import { openWebClient, type WebClient, type WebClientOptions } from './web-client.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function serve(answers: Answers): Promise<LocalServer> {
  const server = await startLocalServer(answers)
  open.push(server)
  return server
}

/** A client that may connect to this machine, unless told otherwise. */
function client(options: Partial<WebClientOptions> = {}): WebClient {
  const made = openWebClient({
    limitBytes: 2 ** 20,
    retryDelayMs: 1,
    allowAddress: () => true,
    ...options,
  })
  open.push(made)
  return made
}

const text = (bytes: Buffer): string => bytes.toString()

test.each([
  ['8.8.8.8', true],
  ['93.184.216.34', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['127.9.9.9', false],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['100.128.0.1', true],
  ['0.0.0.0', false],
  ['0.1.2.3', false],
  ['224.0.0.1', false],
  ['240.0.0.1', false],
  ['255.255.255.255', false],
  ['192.0.0.1', false],
  ['192.0.2.1', false],
  ['198.18.0.1', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['fc00::1', false],
  ['fd12:3456::1', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['::ffff:0:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['2001::1', false],
  ['2001:db8::1', false],
  ['4000::1', false],
  ['localhost', false],
  ['', false],
])('the address %s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})

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

test('an endless body, a large one and one that claims too much are dropped at the limit', async () => {
  let sent = 0
  const server = await serve({
    '/endless': (response) => {
      const part = Buffer.alloc(64 * 1024)
      const send = (): void => {
        while (!response.destroyed && response.write(part)) sent += part.length
        sent += part.length
      }
      response.on('drain', send)
      send()
    },
    '/claims': (response) =>
      void response.writeHead(200, { 'content-length': String(2 ** 40) }).write('x'),
  })
  await expect(client().get(`${server.origin}/endless`)).rejects.toThrow(/larger than 1 MiB/)
  expect(sent).toBeLessThan(32 * 2 ** 20)
  await expect(client().get(`${server.origin}/claims`)).rejects.toThrow(/larger than 1 MiB/)
})

test('a body shorter than it claims is no answer, one that goes on behind its length is cut there', async () => {
  const server = await serve({
    '/short': (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('only this')
      setTimeout(() => response.destroy(), 20)
    },
    '/long': (response) => {
      response.socket!.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfourand much more')
    },
  })
  await expect(client().get(`${server.origin}/short`)).rejects.toMatchObject({
    code: 'Unavailable',
  })
  expect(server.asked).toHaveLength(4)
  const long = await client().get(`${server.origin}/long`)
  expect(text(long.bytes)).toBe('four')
})

test('packed bodies are unpacked up to the limit: a bomb is dropped', async () => {
  const bomb = gzipSync(Buffer.alloc(256 * 2 ** 20))
  expect(bomb.length).toBeLessThan(2 ** 19)
  const packed =
    (bytes: Uint8Array, encoding = 'gzip'): Answers[string] =>
    (response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
  const server = await serve({
    '/': packed(gzipSync('hello')),
    '/bomb': packed(bomb),
    '/broken': packed(Buffer.from('no gzip at all')),
    '/cut': packed(gzipSync(Buffer.from('hello'.repeat(1000))).subarray(0, 20)),
    '/odd': packed(Buffer.from('x'), 'compress'),
  })
  expect(text((await client().get(`${server.origin}/`)).bytes)).toBe('hello')
  expect(server.asked[0]!.headers['accept-encoding']).toBe('identity')
  await expect(client().get(`${server.origin}/bomb`)).rejects.toThrow(/larger than 1 MiB/)
  await expect(client().get(`${server.origin}/broken`)).rejects.toThrow(
    /gzip that cannot be unpacked/,
  )
  await expect(client().get(`${server.origin}/cut`)).rejects.toThrow(/cannot be unpacked/)
  await expect(client().get(`${server.origin}/odd`)).rejects.toThrow(/encoding "compress"/)
})

test('slow loris: headers or a body that drip do not hold a request beyond its limit', async () => {
  const drip = (send: () => void) => {
    const timer = setInterval(send, 20)
    return () => clearInterval(timer)
  }
  const server = await serve({
    '/headers': (response) => {
      const socket = response.socket!
      socket.write('HTTP/1.1 200 OK\r\n')
      socket.on(
        'close',
        drip(() => socket.write('x-a: b\r\n')),
      )
    },
    '/body': (response) => {
      response.writeHead(200)
      response.on(
        'close',
        drip(() => response.write('x')),
      )
    },
  })
  const start = Date.now()
  const quick = client({ attemptLimitMs: 150 })
  await expect(quick.get(`${server.origin}/headers`)).rejects.toThrow(/took longer than 0\.15 s/)
  await expect(quick.get(`${server.origin}/body`)).rejects.toThrow(/took longer than 0\.15 s/)
  expect(Date.now() - start).toBeLessThan(5000)
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
  open.splice(open.indexOf(server), 1)
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
