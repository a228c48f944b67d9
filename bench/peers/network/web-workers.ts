import { resolveObjectURL } from 'node:buffer'
import { Worker } from 'node:worker_threads'

/** What a browser's worker finds in place of Node's. */
const scope = `
const { parentPort } = require('node:worker_threads')
globalThis.self = globalThis
globalThis.postMessage = (message) => parentPort.postMessage(message)
parentPort.on('message', (data) => self.onmessage({ data }))
`

/** A browser's `Worker` on Node's threads, as far as jax-js needs one: its script is an object's URL. */
class WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | undefined
  onerror: ((error: Error) => void) | undefined
  readonly #worker: Promise<Worker>

  constructor(url: string) {
    this.#worker = this.#start(url)
  }

  async #start(url: string): Promise<Worker> {
    const script = await resolveObjectURL(url)!.text()
    const worker = new Worker(scope + script, { eval: true })
    worker.on('message', (data) => this.onmessage?.({ data }))
    worker.on('error', (error) => this.onerror?.(error as Error))
    return worker
  }

  async postMessage(message: unknown): Promise<void> {
    const worker = await this.#worker
    worker.postMessage(message)
  }
}

/** Lets a library for browsers, imported afterwards, find workers and that many processors. */
export function provideWebWorkers(threads: number): void {
  Object.assign(globalThis, { Worker: WebWorker })
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads })
}
