import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { shownPath } from './shown-path.ts'

/** Where a line is to be typed. */
export interface LinePlace {
  /** The package's folder. */
  readonly root: string
  readonly cwd: string
}

/**
 * A command line of vitrine as it can be typed where the user is: through npm's script in a
 * checkout, through npx where the package is installed. Absolute paths inside `cwd` become relative.
 */
export function vitrineLine(args: readonly string[], { root, cwd }: LinePlace): string {
  const checkout = existsSync(join(root, 'src', 'cli', 'main.ts'))
  // npm runs a script in the package's folder, so from elsewhere only absolute paths hold.
  const keepPaths = checkout && cwd !== root
  const words = args.map((arg) => quoted(isAbsolute(arg) && !keepPaths ? shownPath(arg, cwd) : arg))
  const start = !checkout
    ? 'npx vitrine'
    : keepPaths
      ? `npm --prefix ${quoted(root)} run -s vitrine --`
      : 'npm run -s vitrine --'
  return [start, ...words].join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
