import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import {
  AppError,
  hashFile,
  invalidInput,
  messageOf,
  type Progress,
  silent,
  throwIfAborted,
  unavailable,
} from '../../core/index.ts'
import { type Answer, type RequestOptions, request, unreachable } from './request.ts'

/** What the bytes of a file must hash to. */
export interface Integrity {
  readonly algorithm: 'sha256' | 'sha512'
  readonly digest: string
  readonly encoding: 'hex' | 'base64'
}

/** A file to be downloaded. */
export interface DownloadOptions extends RequestOptions {
  readonly url: string
  /** Where it is put once it is whole; until then it grows as `<path>.part`. */
  readonly path: string
  /** More is refused, whatever the server declares. */
  readonly limitBytes: number
  readonly integrity?: Integrity | undefined
  /** Finds the integrity in the headers of the redirects, where a server states it there. */
  readonly integrityOf?: (redirects: readonly Headers[]) => Integrity | undefined
  readonly progress?: Progress
  /** Shown beside the progress. */
  readonly task?: string
  /** How often a broken connection is taken up again. */
  readonly retries?: number
  readonly retryDelayMs?: number
  /** Without a byte for so long, the connection counts as broken. */
  readonly stallMs?: number
}

/**
 * Downloads a file: whole and checked, or not at all. What a broken download left is taken up
 * where it ended, if the server says by a strong ETag that the file is still the same. Two downloads
 * to one path would write one part: the caller holds a lock.
 *
 * @throws InvalidInput when it is larger than allowed or not what its checksum says; what
 *   {@link request} throws
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { path, retries = 3, retryDelayMs = 500, signal } = options
  const part = `${path}.part`
  for (let attempt = 0; ; attempt++) {
    try {
      const stated = await receive(part, options)
      await check(part, options.url, options.integrity ?? stated)
      await rename(part, path)
      await rm(etagPath(part), { force: true })
      return
    } catch (error) {
      throwIfAborted(signal, options.url)
      const broken = error instanceof AppError && error.code === 'Unavailable'
      if (!broken || attempt >= retries) throw error
      const delay = retryDelayMs * 2 ** attempt
      await wait(delay, undefined, signal === undefined ? {} : { signal }).catch(() => {})
      throwIfAborted(signal, options.url)
    }
  }
}

const etagPath = (part: string): string => `${part}.etag`

/** Appends to the part what is missing; returns the integrity that redirects stated. */
async function receive(part: string, options: DownloadOptions): Promise<Integrity | undefined> {
  const { url, limitBytes, integrityOf, progress = silent, signal, stallMs = 60_000 } = options
  const dropped = new AbortController()
  const either = signal === undefined ? dropped.signal : AbortSignal.any([signal, dropped.signal])
  const watch = setTimeout(() => dropped.abort(), stallMs)
  try {
    const { answer, start } = await ask(part, { ...options, signal: either })
    const { response, redirects } = answer
    const length = Number(response.headers.get('content-length') ?? Number.NaN)
    const total = start + length
    const encoding = response.headers.get('content-encoding') ?? 'identity'
    if (encoding !== 'identity') throw invalidInput(`${url}: is sent as ${encoding}, wanted as is`)
    if (total > limitBytes) throw tooLarge(url, total, limitBytes)
    const file = await open(part, start === 0 ? 'w' : 'a')
    let done = start
    try {
      for await (const chunk of response.body ?? []) {
        watch.refresh()
        if (done + chunk.length > limitBytes) throw tooLarge(url, done + chunk.length, limitBytes)
        await file.writeFile(chunk).catch((cause: unknown) => {
          throw notWritten(part, cause)
        })
        done += chunk.length
        const known = Number.isFinite(total) ? { total } : {}
        progress({ task: options.task ?? 'Downloading', done, ...known, unit: 'bytes' })
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (Number.isFinite(total) && done !== total)
      throw unavailable(`${url}: ended after ${done} of ${total} bytes; try again`)
    return integrityOf?.(redirects)
  } catch (cause) {
    throwIfAborted(signal, url)
    if (dropped.signal.aborted)
      throw unavailable(`${url}: no byte came for ${stallMs / 1000} s; try again later`, { cause })
    if (cause instanceof AppError && cause.code === 'InvalidInput') await forget(part)
    throw unreachable(new URL(url), cause, signal)
  } finally {
    clearTimeout(watch)
    dropped.abort() // what is not read to its end would keep the connection
  }
}

/** Asks for the rest of a part, or for everything where it cannot be taken up. */
async function ask(
  part: string,
  { url, headers = {}, ...options }: DownloadOptions,
): Promise<{ readonly answer: Answer; readonly start: number }> {
  const etag = await readFile(etagPath(part), 'utf8').catch(() => '')
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  )
  if (etag !== '' && have > 0) {
    const range = { range: `bytes=${have}-`, 'if-range': etag }
    const answer = await request(url, { ...options, headers: { ...headers, ...range } })
    const continues = answer.response.headers.get('content-range')?.startsWith(`bytes ${have}-`)
    const same = answer.response.headers.get('etag') === etag
    if (answer.response.status === 206 && continues === true && same) return { answer, start: have }
    await answer.response.body?.cancel()
  }
  await forget(part)
  const answer = await request(url, { ...options, headers })
  if (answer.response.status !== 200) {
    await answer.response.body?.cancel()
    throw unavailable(`${url}: the server answers ${answer.response.status}; try again later`)
  }
  const strong = answer.response.headers.get('etag')
  if (strong?.startsWith('"')) await writeFile(etagPath(part), strong)
  return { answer, start: 0 }
}

async function check(part: string, url: string, integrity: Integrity | undefined): Promise<void> {
  if (integrity === undefined) return
  const { algorithm, digest, encoding } = integrity
  const found = (await hashFile(part, algorithm)).toString(encoding)
  if (found === digest) return
  await forget(part)
  throw invalidInput(
    `${url}: its ${algorithm} is ${found.slice(0, 12)}..., wanted ${digest.slice(0, 12)}...; it was changed on the way, nothing is kept`,
  )
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true })
  await rm(etagPath(part), { force: true })
}

const tooLarge = (url: string, bytes: number, limit: number): AppError =>
  invalidInput(
    `${url}: is ${bytes} bytes or more, at most ${limit} are taken; nothing is kept, check the name`,
  )

const notWritten = (part: string, cause: unknown): AppError =>
  unavailable(`${part}: cannot be written (${messageOf(cause)}); make room on the disk`, { cause })
