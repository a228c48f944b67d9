import { readFile } from 'node:fs/promises'
import { invalidInput, messageOf, notFound } from '../../core/index.ts'

/** Reads a small JSON file. @throws NotFound, InvalidInput */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw notFound(`${path}: cannot be read (${messageOf(cause)}); copy the model again`, { cause })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalidInput(`${path}: is not JSON (${messageOf(cause)}); copy the model again`)
  }
}
