import { fileURLToPath } from 'node:url'
import { invalidInput } from '../core/index.ts'

/** Where an encoder comes from, as {@link parseEncoderSpec} reads it. */
export type EncoderSpec = { readonly kind: 'path'; readonly path: string } | PulledSpec

/** An encoder that is downloaded into the cache before it is opened. */
export type PulledSpec = HubSpec | PackageSpec

/** A model of a hub: `hf:Xenova/clip-vit-base-patch32@revision`. */
export interface HubSpec {
  readonly kind: 'hf'
  /** The whole, in one way of writing it. */
  readonly text: string
  readonly repository: string
  /** Branch, tag or commit. */
  readonly revision: string
}

/** A file or folder of a package: `npm:@scope/package@1.2.3/models/clip`. */
export interface PackageSpec {
  readonly kind: 'npm'
  readonly text: string
  readonly package: string
  readonly version: string
  /** Inside the package, no slash at either end. */
  readonly path: string
}

const name = /^[a-z0-9][\w.-]{0,99}$/i
const packagePattern = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)@([^/]+)\/(.+)$/i
const exactVersion = /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/

/**
 * Reads what a user names an encoder by: `file:` and a path, `hf:` and a model of the hub or the
 * path of a folder like one, `npm:` and a file or folder of a package, or a plain path.
 * @throws InvalidInput when it is none of them
 */
export function parseEncoderSpec(text: string): EncoderSpec {
  const [, scheme, rest] = /^(file|hf|npm):(.*)$/s.exec(text) ?? []
  if (text.includes('\0') || rest === '') throw notOne(text)
  if (scheme === undefined || rest === undefined) return { kind: 'path', path: text }
  if (scheme === 'file') return { kind: 'path', path: pathOf(text, rest) }
  if (scheme === 'npm') return packageSpec(text, rest)
  return /^[./~]/.test(rest) ? { kind: 'path', path: rest } : hubSpec(text, rest)
}

function pathOf(text: string, rest: string): string {
  if (!rest.startsWith('//')) return rest
  try {
    return fileURLToPath(text)
  } catch (cause) {
    throw invalidInput(`${text}: is no address of a file; write file:path/model.onnx`, { cause })
  }
}

function hubSpec(text: string, rest: string): HubSpec {
  const [repository = '', revision = 'main', ...more] = rest.split('@')
  const [owner = '', model = '', ...deeper] = repository.split('/')
  const sound = [owner, model, revision].every((part) => name.test(part) && !part.includes('..'))
  if (!sound || more.length > 0 || deeper.length > 0) throw notOne(text)
  const written = revision === 'main' ? repository : `${repository}@${revision}`
  return { kind: 'hf', text: `hf:${written}`, repository, revision }
}

function packageSpec(text: string, rest: string): PackageSpec {
  const [, packageName, version, inside] = packagePattern.exec(rest) ?? []
  if (packageName === undefined || version === undefined || inside === undefined) throw notOne(text)
  if (!exactVersion.test(version))
    throw invalidInput(
      `${text}: "${version}" is no exact version, and what a range means changes; write one like 1.2.3`,
    )
  const path = inside.replace(/\/+$/, '')
  const parts = path.split('/')
  if (path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw invalidInput(`${text}: "${inside}" is no path inside a package; write it as it is there`)
  const written = `npm:${packageName}@${version}/${path}`
  return { kind: 'npm', text: written, package: packageName, version, path }
}

const notOne = (text: string) =>
  invalidInput(
    `${text}: names no model; write file:path/model.onnx, hf:owner/name, npm:package@1.2.3/path or the path of a folder`,
  )
