import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { invalidInput, messageOf, writeFileAtomic } from '../../core/index.ts'
import { removeRemains } from '../remove-remains.ts'
import { readableFormats, sniff } from '../sniff.ts'
import type { WebClient } from './web-client.ts'

/** Pictures from the web as they lie in a folder, each under a name that follows from its address. */
export interface PictureStore {
  /** Where the picture of an address lies once it was fetched. */
  pathOf(address: string): string
  /**
   * Brings one picture up to date: what the server says has not changed is not fetched again.
   * @returns undefined, or why the picture that was there before could not be brought up to date
   * @throws what {@link WebClient.get} throws where there is no picture yet or it is gone;
   *   InvalidInput when the bytes are no picture
   */
  refresh(address: string, signal?: AbortSignal): Promise<string | undefined>
}

const recordSchema = z.object({
  address: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  sha256: z.string(),
})

/**
 * Opens the folder, made where it is missing; half-written files of a killed process are removed.
 * A picture is written whole or not at all, and only when its bytes are one.
 */
export async function openPictureStore(folder: string, client: WebClient): Promise<PictureStore> {
  await mkdir(folder, { recursive: true })
  await removeRemains(folder, (name) => name.endsWith('.tmp'))
  const pathOf = (address: string): string => join(folder, hashOf(address))
  return {
    pathOf,
    async refresh(address, signal) {
      const path = pathOf(address)
      const known = await readRecord(path, address)
      const headers = {
        accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
        ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
        ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
      }
      try {
        const stop = signal === undefined ? {} : { signal }
        const { status, bytes, etag, lastModified } = await client.get(address, {
          headers,
          ...stop,
        })
        if (status === 304 && known !== undefined) return undefined
        const { format, description } = sniff(bytes)
        if (format === undefined)
          throw invalidInput(`is ${description}, wanted a ${readableFormats} picture`)
        const sha256 = hashOf(bytes)
        // The same bytes stay the same file: an update of an index then sees no change.
        if (sha256 !== known?.sha256) await writeFileAtomic(path, bytes)
        const record = { address, etag, lastModified, sha256 }
        await writeFileAtomic(`${path}.json`, JSON.stringify(record))
        return undefined
      } catch (error) {
        const { code } = error as { code?: string }
        if (known === undefined || code !== 'Unavailable') throw error
        return messageOf(error)
      }
    },
  }
}

/** What is known of a picture that lies there whole; undefined where anything about it is unsure. */
async function readRecord(path: string, address: string) {
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')))
    const { size } = await stat(path)
    return record.address === address && size > 0 ? record : undefined
  } catch {
    return undefined
  }
}

const hashOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')
