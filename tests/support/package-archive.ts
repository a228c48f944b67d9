import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'

/** An entry of {@link packageArchive}, written as it is, however hostile. */
export interface ArchiveEntry {
  readonly path: string
  readonly content?: string | Uint8Array
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory'
  readonly linkpath?: string
}

/** The bytes of a .tgz file. For tests only. */
export function packageArchive(entries: readonly ArchiveEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath }) => {
    const body = Buffer.from(content)
    const head = Buffer.alloc(512)
    const link = linkpath === undefined ? {} : { linkpath }
    new Header({ path, type, size: body.length, mode: 0o644, mtime: new Date(0), ...link }).encode(
      head,
    )
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

/** The checksum of an archive as the npm registry writes it. */
export const sri = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`
