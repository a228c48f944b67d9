import { isAbsolute, relative, sep } from 'node:path'

/** A path as people like to read it: relative where it lies in the folder they are in. */
export function shownPath(path: string, cwd: string): string {
  const way = relative(cwd, path)
  const inside = way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  return inside ? way : path
}
