import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { Header } from 'tar'

/** An entry of an archive as its maker wants it, honest or not. */
export interface MadeEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  /** `File` by default; `SymbolicLink`, `Link`, `Directory`, `CharacterDevice`. */
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice'
  readonly target?: string
  /** Rights, in tar files only. */
  readonly mode?: number
  /** What the entry claims to be long, where that is a lie; in zip files only. */
  readonly claimedBytes?: number
}

/** A .tar.gz file of these entries. */
export function madeTar(entries: readonly MadeEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = 'File', target, mode = 0o644 }) => {
    const bytes = Buffer.from(content)
    const header = Buffer.alloc(512)
    const fields = { path: name, mode, size: bytes.length, type, mtime: new Date(0) }
    new Header({ ...fields, ...(target === undefined ? {} : { linkpath: target }) }).encode(header)
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

/** A .zip file of these entries, packed. */
export function madeZip(entries: readonly MadeEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content = '', type = 'File', target, claimedBytes } of entries) {
    const bytes = Buffer.from(type === 'SymbolicLink' ? (target ?? '') : content)
    const packed = deflateRawSync(bytes)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x800, 2) // names are UTF-8
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(bytes), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(claimedBytes ?? bytes.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    const mode = {
      File: 0o100644,
      Directory: 0o040755,
      SymbolicLink: 0o120777,
      Link: 0,
      CharacterDevice: 0o020666,
    }
    rest.writeUInt32LE((mode[type] << 16) >>> 0, 6)
    rest.writeUInt32LE(at, 10)
    const madeByUnix = Buffer.from([20, 3])
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), madeByUnix, shared, rest, Buffer.from(name)]),
    )
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}
