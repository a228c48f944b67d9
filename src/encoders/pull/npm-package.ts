import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { invalidInput, notFound } from '../../core/index.ts'
import { downloadFile, type Integrity, requestJson, unpackTar } from '../../data/index.ts'
import type { PackageSpec } from '../encoder-spec.ts'
import type { Environment } from './cache.ts'
import type { Fetched, FetchOptions } from './fetch-options.ts'

const versionSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional().catch(undefined),
  dist: z.looseObject({ tarball: z.string(), integrity: z.string().optional() }),
})
const manifestLimitBytes = 4 << 20

/**
 * Fetches the named part of a package from the npm registry: the version's own entry says where its
 * archive lies and what it must hash to; both must come from the registry itself.
 * @param wants which paths inside the package are unpacked; default: the named part of it
 * @throws NotFound, Unavailable, InvalidInput
 */
export async function fetchPackage(
  spec: PackageSpec,
  options: FetchOptions,
  wants = (path: string): boolean => isPartOf(spec.path, path),
): Promise<Fetched> {
  const { env, into, progress, signal, limitBytes } = options
  const registry = registryOf(env)
  const address = `${registry}/${spec.package.replace('/', '%2f')}/${spec.version}`
  const parsed = versionSchema.safeParse(
    await requestJson(address, { limitBytes: manifestLimitBytes, signal }),
  )
  if (!parsed.success)
    throw invalidInput(`${address}: is no entry of an npm registry; check npm_config_registry`)
  const { name, version, license, dist } = parsed.data
  if (name !== spec.package || version !== spec.version)
    throw invalidInput(`${address}: is about ${name}@${version}; check npm_config_registry`)
  const home = URL.canParse(dist.tarball) ? new URL(dist.tarball).origin : dist.tarball
  if (home !== new URL(registry).origin)
    throw invalidInput(
      `${address}: says its archive lies at ${home}, outside the registry; it is not fetched from there`,
    )
  const integrity = integrityOf(dist.integrity)
  if (integrity === undefined)
    throw invalidInput(`${address}: gives no SHA-512 of its archive; take a newer version`)
  const archive = join(into, 'package.tgz')
  const task = `Pulling ${spec.package}@${spec.version}`
  await downloadFile({
    url: dist.tarball,
    path: archive,
    limitBytes,
    integrity,
    progress,
    task,
    signal,
    ...options.patience,
  })
  const files = join(into, 'files')
  await rm(files, { recursive: true, force: true }) // of a pull that was stopped while it unpacked
  await mkdir(files)
  const all: string[] = []
  await unpackTar({
    archive,
    folder: files,
    strip: 1,
    wants: (name) => {
      const path = name.slice(name.indexOf('/') + 1)
      all.push(path)
      return wants(path)
    },
    limitBytes: 2 * limitBytes,
    ...(signal === undefined ? {} : { signal }),
  })
  if (!all.some((path) => path === spec.path || path.startsWith(`${spec.path}/`))) {
    const models = all.filter((path) => path.endsWith('.onnx')).slice(0, 5)
    throw notFound(
      `${spec.text}: there is no ${spec.path} in the package${models.length === 0 ? '' : `; it has ${models.join(', ')}`}`,
    )
  }
  await rm(archive)
  return { exactly: dist.integrity!, entry: spec.path, licence: license }
}

/** The path itself, what lies below it, and what belongs to a plain .onnx file. */
function isPartOf(wanted: string, path: string): boolean {
  const beside = [`${wanted}_data`, `${wanted}.data`, wanted.replace(/\.onnx$/i, '.json')]
  return path === wanted || path.startsWith(`${wanted}/`) || beside.includes(path)
}

function registryOf(env: Environment): string {
  const address = env.npm_config_registry || 'https://registry.npmjs.org'
  const sound = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  if (!sound) throw invalidInput(`npm_config_registry: got "${address}", wanted an address`)
  return address.replace(/\/+$/, '')
}

/** The strongest checksum of `sha512-... sha1-...`, as the registry writes it. */
function integrityOf(text: string | undefined): Integrity | undefined {
  const [, digest] = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(text ?? '') ?? []
  return digest === undefined ? undefined : { algorithm: 'sha512', digest, encoding: 'base64' }
}
