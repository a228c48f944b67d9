import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'

/**
 * SHA-256 of a model and of everything that changes its vectors, so that an index notices when one
 * of them is another: the files' bytes, then the settings.
 */
export async function hashModel(path: string, settings: unknown): Promise<string> {
  const hash = createHash('sha256')
  const data = [path, `${path}_data`, `${path}.data`].filter((file) => existsSync(file))
  for (const file of data)
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.update(JSON.stringify(settings)).digest('hex')
}
