import {
  openWebClient,
  type WebClient,
  type WebClientOptions,
} from '../../src/data/web/web-client.ts'
import { type AnsweringServer, type Answers, startAnsweringServer } from './answering-server.ts'

/** Servers and clients of a test; `close` ends them all. */
export function webWorld() {
  const open: { close(): Promise<void> }[] = []
  return {
    async serve(answers: Answers): Promise<AnsweringServer> {
      const server = await startAnsweringServer(answers)
      open.push(server)
      return server
    },
    /** A client that may connect to this machine, unless told otherwise. */
    client(options: Partial<WebClientOptions> = {}): WebClient {
      const made = openWebClient({
        limitBytes: 2 ** 20,
        retryDelayMs: 1,
        allowAddress: () => true,
        ...options,
      })
      open.push(made)
      return made
    },
    async close(): Promise<void> {
      for (const one of open.splice(0).reverse()) await one.close()
    },
  }
}
