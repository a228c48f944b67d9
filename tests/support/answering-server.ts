import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on 127.0.0.1 that answers by functions, to misbehave at will, and notes what it was asked. */
export interface AnsweringServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** Method, path and headers of every request so far. */
  readonly asked: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[]
  close(): Promise<void>
}

/** Answers one request. */
export type AnswerFunction = (
  response: ServerResponse,
  request: Parameters<RequestListener>[0],
) => void

/** Answers by path; what is not there is 404. */
export type Answers = Readonly<Record<string, AnswerFunction>>

/** Starts a server on a free port, one function for all paths or one for each. The caller closes it. */
export async function startAnsweringServer(
  answers: Answers | AnswerFunction,
): Promise<AnsweringServer> {
  const asked: AnsweringServer['asked'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, headers: request.headers })
    const answer = typeof answers === 'function' ? answers : answers[path]
    if (answer !== undefined) answer(response, request)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
