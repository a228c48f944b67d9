import { createHash } from 'node:crypto'
import { startAnsweringServer } from './answering-server.ts'
import { type MadeEntry, madeTar } from './archives.ts'

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
  const { origin, close } = await startAnsweringServer((response, { url = '' }) => {
    asked.push(url)
    const { status = 200, headers = {}, body = '' } = replies.get(url) ?? { status: 404 }
    response.writeHead(status, headers).end(body)
  })
  return { origin, asked, replies, close }
}

/** A package of {@link publish}; `dist` says otherwise of its archive. */
export interface Published {
  readonly name: string
  readonly version: string
  readonly entries?: readonly MadeEntry[]
  readonly archive?: Uint8Array
  readonly dist?: Readonly<Record<string, string>>
}

/** Puts a package on a server, as the npm registry has it. */
export function publish(
  { origin, replies }: LocalServer,
  { name, version, entries = [], archive = madeTar(entries), dist = {} }: Published,
): void {
  const path = `/${name}/-/${version}.tgz`
  const own = { tarball: origin + path, integrity: sri(archive) }
  const body = JSON.stringify({ name, version, dist: { ...own, ...dist } })
  replies.set(`/${name.replace('/', '%2f')}/${version}`, { body }).set(path, { body: archive })
}

/** The checksum of an archive as the npm registry writes it. */
export const sri = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`
