import { readFile, writeFile } from 'node:fs/promises'

/** Damages a file without changing its length. */
export async function flipByte(path: string, place = 5): Promise<void> {
  const bytes = await readFile(path)
  bytes[place]! ^= 1
  await writeFile(path, bytes)
}
