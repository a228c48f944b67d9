import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { Answers } from '../../../tests/support/answering-server.ts'
import { webWorld } from '../../../tests/support/web-world.ts'

const { serve, client, close } = webWorld()
afterEach(close)

const text = (bytes: Buffer): string => bytes.toString()

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
