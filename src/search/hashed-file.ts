import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { FileRecord } from './manifest.ts'

const bufferBytes = 1 << 20

/**
 * A large file written piece by piece under a temporary name, hashed on the way, flushed and
 * renamed at the end: the streaming sister of `writeFileAtomic`.
 */
export class HashedFile {
  readonly #path: string
  readonly #temporary: string
  readonly #file: FileHandle
  readonly #hash = createHash('sha256')
  readonly #buffer = Buffer.allocUnsafe(bufferBytes)
  #filled = 0
  #bytes = 0

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path
    this.#temporary = temporary
    this.#file = file
  }

  static async open(path: string): Promise<HashedFile> {
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
    return new HashedFile(path, temporary, await open(temporary, 'wx'))
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; ) {
      const piece = bytes.subarray(start, start + bufferBytes - this.#filled)
      this.#buffer.set(piece, this.#filled)
      this.#filled += piece.length
      start += piece.length
      if (this.#filled === bufferBytes) await this.#flush()
    }
  }

  /** Flushes to the disk and gives the file its name. */
  async finish(): Promise<FileRecord> {
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
    await rename(this.#temporary, this.#path)
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /** Leaves nothing behind; harmless after {@link finish}. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {})
    await rm(this.#temporary, { force: true })
  }

  async #flush(): Promise<void> {
    const filled = this.#buffer.subarray(0, this.#filled)
    this.#hash.update(filled)
    await this.#file.writeFile(filled)
    this.#bytes += this.#filled
    this.#filled = 0
  }
}
