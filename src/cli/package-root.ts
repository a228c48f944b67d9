import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFound } from '../core/index.ts'

/** The folder of the vitrine package and what its package.json says. */
export interface PackageRoot {
  readonly path: string
  readonly version: string
  /** The Node versions it runs on, `>=20.19`. */
  readonly nodeRange: string
}

/**
 * Finds the package that a file belongs to: the same in a checkout (src/) and when installed (dist/).
 *
 * @param from URL of a file inside the package, `import.meta.url`
 * @throws NotFound when no folder above holds vitrine's package.json
 */
export function findPackageRoot(from: string): PackageRoot {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'))
    if (found?.name === 'vitrine')
      return { path: folder, version: found.version, nodeRange: found.engines.node }
    if (dirname(folder) === folder)
      throw notFound(
        `${fileURLToPath(from)}: no package.json of vitrine in any folder above; reinstall vitrine`,
      )
  }
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly engines: { readonly node: string }
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch {
    return undefined
  }
}
