import {
  type AppError,
  cancelled,
  invalidInput,
  messageOf,
  notFound,
  permission,
  throwIfAborted,
  unavailable,
} from '../../core/index.ts'

/** Where a download may lead: called with each address that a server redirects to. */
export type RedirectRule = (target: URL, from: URL) => boolean

/** A GET request to a server that is not trusted. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the origin that was asked. */
  readonly allowRedirect?: RedirectRule
  readonly signal?: AbortSignal | undefined
}

const mostRedirects = 5

/** Stays with the server that was asked. */
const sameOrigin: RedirectRule = (target, from) => target.origin === from.origin

/** What a server answered, with the headers of the redirects that led there. */
export interface Answer {
  readonly response: Response
  readonly redirects: readonly Headers[]
}

/**
 * Asks a server, following only the redirects that a rule allows.
 * @throws NotFound, Permission or Unavailable as the server or the network has it; InvalidInput on
 *   a redirect that is not allowed; Cancelled
 */
export async function request(address: string, options: RequestOptions = {}): Promise<Answer> {
  const { headers = {}, allowRedirect = sameOrigin, signal } = options
  const redirects: Headers[] = []
  let url = new URL(address)
  let sent: Record<string, string> = { 'accept-encoding': 'identity', ...headers }
  for (;;) {
    const response = await fetch(url.href, {
      redirect: 'manual',
      headers: sent,
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause: unknown) => {
      throw unreachable(url, cause, signal)
    })
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel()
      redirects.push(response.headers)
      const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined
      if (target === undefined || !allowRedirect(target, url))
        throw invalidInput(
          `${url}: redirects to ${target?.origin ?? location}, which is not allowed; ask whoever runs the server`,
        )
      if (redirects.length > mostRedirects)
        throw unavailable(`${address}: more than ${mostRedirects} redirects; try again later`)
      if (target.origin !== url.origin) sent = withoutSecrets(sent)
      url = target
      continue
    }
    if (response.ok || response.status === 416) return { response, redirects }
    await response.body?.cancel()
    throw refused(url, response.status)
  }
}

/** What proves to one server who asks is no other's business. */
function withoutSecrets({ authorization: _, ...rest }: Record<string, string>) {
  return rest
}

/** What {@link requestJson} takes. */
export interface JsonRequest extends RequestOptions {
  readonly limitBytes: number
  /** From the question to the last byte; default 60 s. */
  readonly limitMs?: number
}

/** Reads a small JSON document. @throws what {@link request} throws; InvalidInput */
export async function requestJson(
  address: string,
  { limitBytes, limitMs = 60_000, signal, ...options }: JsonRequest,
): Promise<unknown> {
  const limit = AbortSignal.timeout(limitMs)
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit])
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    const { response } = await request(address, { ...options, signal: either })
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > limitBytes)
        throw invalidInput(
          `${address}: sends more than ${limitBytes} bytes of JSON; check the address`,
        )
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw invalidInput(`${address}: sends no JSON (${cause.message}); check the address`, {
        cause,
      })
    throwIfAborted(signal, address)
    if (limit.aborted)
      throw unavailable(`${address}: took longer than ${limitMs / 1000} s; try again later`, {
        cause,
      })
    throw unreachable(new URL(address), cause, signal)
  }
}

/** The error for a connection that could not be made or broke; AppErrors pass. */
export function unreachable(url: URL, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return cancelled(`${url}: stopped as asked`, { cause })
  if ((cause as Error).name === 'AppError') return cause
  const inner = (cause as Error).cause
  const reason = inner === undefined ? messageOf(cause) : messageOf(inner) || messageOf(cause)
  return unavailable(
    `${url}: cannot be reached (${reason}); check the network, or name a folder on this machine`,
    { cause },
  )
}

function refused(url: URL, status: number): AppError {
  if (status === 404 || status === 410)
    return notFound(`${url}: is not there (${status}); check the name`)
  if (status === 401 || status === 403)
    return permission(
      `${url}: may not be read (${status}); ask for access, or download it by hand and name the folder`,
    )
  return unavailable(`${url}: the server answers ${status}; try again later`)
}
