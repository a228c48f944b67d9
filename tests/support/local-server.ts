import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server answers to a path; a redirect where `location` is given. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

/** A server on this machine that stands for a registry or a hub. For tests only. */
export interface LocalServer {
  readonly origin: string
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  /** By path; what is not here is 404. */
  readonly replies: Map<string, Reply>
  close(): Promise<void>
}

/** Starts a {@link LocalServer}. */
export async function startLocalServer(): Promise<LocalServer> {
  const asked: string[] = []
  const replies = new Map<string, Reply>()
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const {
      status = 200,
      headers = {},
      body = '',
    } = replies.get(request.url ?? '') ?? {
      status: 404,
    }
    response.writeHead(status, headers).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    replies,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
