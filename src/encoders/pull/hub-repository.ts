import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { invalidInput, notFound } from '../../core/index.ts'
import { downloadFile, type Integrity, type RedirectRule, requestJson } from '../../data/index.ts'
import type { HubSpec } from '../encoder-spec.ts'
import { hubFiles } from '../hub/hub-folder.ts'
import type { Fetched, FetchOptions } from './fetch-options.ts'

const revisionSchema = z.looseObject({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(z.looseObject({ rfilename: z.string() })),
  /** The head of the model's README. */
  cardData: z.looseObject({ license: z.string().optional() }).optional().catch(undefined),
})
const listLimitBytes = 16 << 20

/**
 * Fetches from the hub what an encoder needs of a model: its configuration, the tower for pictures
 * and, where there is one, the tower for texts with its tokenizer. Everything is of one commit.
 * @throws NotFound, Permission, Unavailable, InvalidInput
 */
export async function fetchRepository(spec: HubSpec, options: FetchOptions): Promise<Fetched> {
  const { env, into, progress, signal, limitBytes, patience } = options
  const hub = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '')
  const headers = env.HF_TOKEN ? { authorization: `Bearer ${env.HF_TOKEN}` } : {}
  const address = `${hub}/api/models/${spec.repository}/revision/${spec.revision}`
  const answer = await requestJson(address, { limitBytes: listLimitBytes, headers, signal })
  const parsed = revisionSchema.safeParse(answer)
  if (!parsed.success) throw invalidInput(`${address}: is no entry of a hub; check HF_ENDPOINT`)
  const { sha, siblings, cardData } = parsed.data
  // What a broken pull of another commit left is of no use.
  const commit = join(into, 'commit')
  const begun = await readFile(commit, 'utf8').catch(() => '')
  if (begun !== sha) await rm(join(into, 'files'), { recursive: true, force: true })
  await writeFile(commit, sha)
  for (const path of neededOf(spec, new Set(siblings.map((file) => file.rfilename)))) {
    const target = join(into, 'files', path)
    if (existsSync(target)) continue
    await mkdir(dirname(target), { recursive: true })
    await downloadFile({
      url: `${hub}/${spec.repository}/resolve/${sha}/${path}`,
      path: target,
      limitBytes,
      integrityOf: statedIntegrity,
      allowRedirect: withinHub,
      headers,
      progress,
      task: `Pulling ${spec.repository} ${path}`,
      signal,
      ...patience,
    })
  }
  await rm(commit)
  return { exactly: sha, entry: '', licence: cardData?.license }
}

/** The paths, all of them known beforehand, that are wanted of what a repository has. */
function neededOf(spec: HubSpec, has: ReadonlySet<string>): string[] {
  const graph = hubFiles.pictureGraphs.find((path) => has.has(path))
  const missing = hubFiles.needed.find((path) => !has.has(path))
  if (graph === undefined || missing !== undefined)
    throw notFound(
      `${spec.text}: has no ${missing ?? hubFiles.pictureGraphs.join(' or ')}; take a model made for transformers.js`,
    )
  const texts = [hubFiles.textGraph, ...hubFiles.texts]
  const withData = (path: string) => [path, `${path}_data`].filter((file) => has.has(file))
  return [
    ...hubFiles.needed,
    ...withData(graph),
    ...(texts.every((path) => has.has(path)) ? texts.flatMap(withData) : []),
  ]
}

/** The hub keeps large files elsewhere: on hosts of its own, never in the clear. */
const withinHub: RedirectRule = (target, from) =>
  target.origin === from.origin ||
  (target.protocol === 'https:' && /(^|\.)(hf\.co|huggingface\.co)$/.test(target.hostname))

/** For large files the hub's redirect states the SHA-256. */
function statedIntegrity(redirects: readonly Headers[]): Integrity | undefined {
  for (const headers of redirects) {
    const [, digest] = /^"?([0-9a-f]{64})"?$/.exec(headers.get('x-linked-etag') ?? '') ?? []
    if (digest !== undefined) return { algorithm: 'sha256', digest, encoding: 'hex' }
  }
  return undefined
}
