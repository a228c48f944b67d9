import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** The checksum of a file, which may be larger than the memory. */
export async function hashFile(
  path: string,
  algorithm: 'sha256' | 'sha512' = 'sha256',
): Promise<Buffer> {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest()
}
