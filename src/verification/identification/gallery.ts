import {
  AppError,
  conflict,
  hashFile,
  invalidInput,
  notFound,
  whichName,
} from '../../core/index.ts'
import {
  buildIndex,
  openIndex,
  readManifest,
  updateIndex,
  type VectorIndex,
} from '../../search/index.ts'
import { describeFile } from '../comparing/describe-file.ts'
import type { Verifier } from '../comparing/verifier.ts'

/** Someone or something that is enrolled. */
export interface Enrolled {
  readonly name: string
  readonly pictures: number
}

/** A gallery and the verifier that it was made with. */
export interface GalleryPlace {
  /** The gallery is an index in this folder. */
  readonly folder: string
  readonly verifier: Verifier
}

const longestName = 200

/**
 * Enrols pictures of one under a name; more pictures may follow later. A gallery holds names, descriptions and
 * hashes of the files, no picture and no path.
 * @returns how many pictures the name now has
 * @throws NotFound or InvalidInput, naming the file, when a picture cannot be read; Conflict when one is
 *   enrolled there already or the gallery belongs to another model
 */
export async function enrol(
  { folder, verifier }: GalleryPlace,
  { name, paths }: { readonly name: string; readonly paths: readonly string[] },
): Promise<Enrolled> {
  if (name.trim() === '' || name.length > longestName)
    throw invalidInput(
      `identify: the name has ${name.length} characters, wanted 1 to ${longestName}`,
    )
  const add = await Promise.all(
    paths.map(async (path) => {
      const vector = await describeFile(verifier, path)
      const hash = (await hashFile(path)).toString('hex')
      return { product: name, picture: hash, vector }
    }),
  )
  const { hash, dimension } = verifier
  const encoders = [{ name: verifier.name, dimension, hash }]
  if (await assertMadeBy({ folder, verifier })) await updateIndex(folder, { add })
  else await buildIndex(folder, { encoders, pictures: add })
  const all = await listEnrolled(folder)
  return all.find((enrolled) => enrolled.name === name)!
}

/**
 * Who is enrolled, in the order of enrolment; nobody where there is no gallery yet.
 * @throws InvalidInput when the gallery is damaged
 */
export async function listEnrolled(folder: string): Promise<Enrolled[]> {
  const index = await openIndex(folder, { threads: 1 }).catch(absent)
  if (index === undefined) return []
  try {
    const counts = new Map<string, number>()
    for (const { product } of index.entries) counts.set(product, (counts.get(product) ?? 0) + 1)
    return [...counts].map(([name, pictures]) => ({ name, pictures }))
  } finally {
    await index.close()
  }
}

/**
 * Deletes one from a gallery: a generation without it is written, and the files that held it are removed.
 * @throws NotFound when nobody has that name
 */
export async function deleteEnrolled(folder: string, name: string): Promise<void> {
  const names = (await listEnrolled(folder)).map((enrolled) => enrolled.name)
  if (!names.includes(name)) {
    const hint = names.length === 0 ? 'nobody is' : whichName(name, names, 'see the list')
    throw notFound(`identify: "${name}" is not enrolled; ${hint}`)
  }
  await updateIndex(folder, { remove: [name] })
}

/** One that a probe may show. */
export interface Candidate {
  readonly name: string
  /** Of its picture that is most alike. */
  readonly score: number
}

/** An open gallery: a resource to be closed. */
export interface Gallery {
  /** How many names and pictures it holds. */
  readonly names: number
  readonly pictures: number
  /** The most alike, the best first: as many as asked for. */
  nearest(path: string, top: number): Promise<Candidate[]>
  close(): Promise<void>
}

/**
 * Opens a gallery to identify probes.
 * @throws NotFound when there is none; Conflict when it belongs to another model
 */
export async function openGallery({ folder, verifier }: GalleryPlace): Promise<Gallery> {
  if (!(await assertMadeBy({ folder, verifier })))
    throw notFound(`${folder}: nobody is enrolled here; begin with "vitrine identify enrol"`)
  const index: VectorIndex = await openIndex(folder)
  return {
    names: new Set(index.entries.map(({ product }) => product)).size,
    pictures: index.count,
    async nearest(path, top) {
      const vector = await describeFile(verifier, path)
      const [hits] = await index.searchProducts(vector, { top })
      return hits!.map(({ product, score }) => ({ name: product, score }))
    },
    close: () => index.close(),
  }
}

/** Whether there is a gallery, which then is this model's. */
async function assertMadeBy({ folder, verifier }: GalleryPlace): Promise<boolean> {
  if (!verifier.byCosine)
    throw invalidInput(
      `identify: ${verifier.name} compares by a weighted difference, which no index can search by; take a model whose vectors are compared by their cosine`,
    )
  const manifest = await readManifest(folder).catch(absent)
  if (manifest === undefined) return false
  const [made] = manifest.encoders
  if (made!.hash === verifier.hash) return true
  throw conflict(
    `${folder}: was made with ${made!.name}, not with ${verifier.name} as it is now; name that model with --model or take another --gallery`,
  )
}

function absent(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'NotFound') return undefined
  throw error
}
