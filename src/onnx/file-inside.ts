import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { invalidInput, messageOf, notFound } from '../core/index.ts'

/**
 * The path of a file that a model names: nothing but a file in the model's own folder, also not through
 * a link.
 * @param home the folder, without links
 * @param what names who wants it in messages: `model.onnx: initializer "w"`
 * @throws InvalidInput when it leads elsewhere or is no plain file; NotFound when it is not there
 */
export function fileInside(home: string, location: string, what: string): string {
  const path = resolve(home, location)
  const leaves = (way: string): boolean =>
    way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
  if (isAbsolute(location) || leaves(relative(home, path)))
    throw invalidInput(
      `${what}: its data lies at "${location}"; only files in the model's own folder are read`,
    )
  let real: string
  try {
    real = realpathSync(path)
  } catch (cause) {
    throw notFound(
      `${what}: its data "${location}" cannot be read (${messageOf(cause)}); copy it beside the model`,
      { cause },
    )
  }
  if (leaves(relative(home, real)))
    throw invalidInput(
      `${what}: its data "${location}" is a link out of the model's folder; copy the file there`,
    )
  // asked before it is opened: opening a pipe would wait for ever
  if (!statSync(real).isFile()) throw invalidInput(`${what}: its data "${location}" is not a file`)
  return real
}
