import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import {
  AppError,
  invalidInput,
  messageOf,
  notFound,
  throwIfAborted,
  unavailable,
} from '../../core/index.ts'
import { type GuardedAgentOptions, guardedAgent } from './guarded-agent.ts'
import { type HostQueue, hostQueue } from './host-queue.ts'
import { readBody } from './read-body.ts'
import { retryAfterMs } from './retry-after.ts'
import { webAddress } from './web-address.ts'

/** How {@link openWebClient} behaves; the defaults suit pictures of a shop. */
export interface WebClientOptions extends Partial<GuardedAgentOptions> {
  /** Largest body in bytes. */
  readonly limitBytes: number
  /** For one attempt, from the connection to the last byte; default 60 s. */
  readonly attemptLimitMs?: number
  /** Requests to one host at the same time; default 4. */
  readonly atOncePerHost?: number
  /** Wait before the second attempt, doubled for each more; default 500 ms. */
  readonly retryDelayMs?: number
}

/** What a server answered. */
export interface WebAnswer {
  /** 200, or 304 where it was asked whether something changed. */
  readonly status: number
  readonly etag: string | undefined
  readonly lastModified: string | undefined
  /** Empty for 304. */
  readonly bytes: Buffer
}

/** Fetches from servers that nobody vouches for: a resource to be closed. */
export interface WebClient {
  /**
   * Fetches an address, following at most five redirects, each judged as the first one.
   * @throws InvalidInput when it is no address to be fetched or leads to a private host, or the body is too large;
   *   NotFound when it is gone; Unavailable when the server stays unreachable; Cancelled
   */
  get(
    address: string,
    options?: {
      readonly headers?: Readonly<Record<string, string>>
      readonly signal?: AbortSignal
    },
  ): Promise<WebAnswer>
  close(): Promise<void>
}

const mostRedirects = 5
const attempts = 4
const longestPauseMs = 60_000

/** Opens a client; connections are kept for the next request. */
export function openWebClient(options: WebClientOptions): WebClient {
  const { attemptLimitMs = 60_000, atOncePerHost = 4, retryDelayMs = 500, limitBytes } = options
  const agent = guardedAgent({ connectLimitMs: 10_000, idleLimitMs: 20_000, ...options })
  const queues = new Map<string, HostQueue>()
  const queueOf = ({ host }: URL): HostQueue => {
    const known = queues.get(host)
    if (known !== undefined) return known
    const made = hostQueue(host, atOncePerHost)
    queues.set(host, made)
    return made
  }

  async function once(url: URL, headers: Readonly<Record<string, string>>, stop?: AbortSignal) {
    const limit = AbortSignal.timeout(attemptLimitMs)
    const signal = stop === undefined ? limit : AbortSignal.any([stop, limit])
    try {
      const answer = await request(url, { dispatcher: agent, headers, signal })
      const header = (name: string) => [answer.headers[name] ?? []].flat()[0]
      const { statusCode: status, body } = answer
      const location = header('location')
      const isAnswer = status === 200 || status === 304
      if (!isAnswer) body.on('error', () => {}).destroy()
      if (status >= 300 && status < 400 && location !== undefined) return webAddress(location, url)
      if (!isAnswer) throw refusal(status, header('retry-after'))
      const parts = {
        stream: body,
        contentLength: header('content-length'),
        contentEncoding: header('content-encoding'),
      }
      const bytes = await readBody(parts, limitBytes)
      return { status, etag: header('etag'), lastModified: header('last-modified'), bytes }
    } catch (error) {
      if (error instanceof AppError) throw error
      throwIfAborted(stop, url.href)
      const why = limit.aborted ? `took longer than ${attemptLimitMs / 1000} s` : messageOf(error)
      throw unavailable(`${url.host} did not answer in full: ${why}; try again later`, {
        cause: error,
        details: { again: true, unreached: true },
      })
    }
  }

  async function hop(url: URL, headers: Readonly<Record<string, string>>, stop?: AbortSignal) {
    const queue = queueOf(url)
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await queue.run(() => once(url, headers, stop), stop)
        queue.reached(true)
        return answer
      } catch (error) {
        throwIfAborted(stop, url.href)
        const details = error instanceof AppError ? error.details : {}
        if (details.again !== true) throw error
        const asked = typeof details.pauseMs === 'number' ? details.pauseMs : 0
        if (asked > 0) queue.pause(Math.min(asked, longestPauseMs))
        if (attempt === attempts || asked > longestPauseMs) {
          queue.reached(details.unreached !== true)
          throw error
        }
        const delay = retryDelayMs * 2 ** (attempt - 1)
        await wait(delay, undefined, stop === undefined ? {} : { signal: stop }).catch(() => {})
        throwIfAborted(stop, url.href)
      }
    }
  }

  return {
    async get(address, { headers = {}, signal } = {}) {
      const sent = { 'user-agent': 'vitrine', 'accept-encoding': 'identity', ...headers }
      let url = webAddress(address)
      for (let redirects = 0; redirects <= mostRedirects; redirects++) {
        const answer = await hop(url, sent, signal)
        if (!(answer instanceof URL)) return answer
        url = answer
      }
      throw invalidInput(`redirects more than ${mostRedirects} times; give the final address`)
    },
    close: () => agent.close(),
  }
}

/** What a status that is no answer means, and whether asking again may help. */
function refusal(status: number, retryAfter: string | undefined): AppError {
  if (status === 404 || status === 410)
    return notFound(`the server answered ${status}: there is nothing at this address; correct it`)
  const again = status === 408 || status === 429 || status >= 500
  const pauseMs = retryAfterMs(retryAfter, Date.now())
  const wish = pauseMs > longestPauseMs ? ` and asks to wait ${Math.ceil(pauseMs / 1000)} s` : ''
  return unavailable(
    `the server answered ${status}${wish}; ${again ? 'try again later' : 'look at the address in a browser'}`,
    { details: { again, pauseMs } },
  )
}
