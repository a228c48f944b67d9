import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { invalidInput, notFound } from '../core/index.ts'
import { type GroceryClass, readGroceryClasses } from './grocery-classes.ts'
import { readWholeFile } from './open-file.ts'
import { isInside } from './product-rows.ts'

/** The three photo lists of the data set. */
export const grocerySplits = ['train', 'val', 'test'] as const

/** The name of a photo list. */
export type GrocerySplit = (typeof grocerySplits)[number]

/** One photo taken in a shop. */
export interface GroceryPhoto {
  readonly path: string
  readonly classId: number
  readonly coarseId: number
}

/** The Grocery Store data set: products, one iconic picture of each, and photos from shops. */
export type GroceryStore = {
  /** Ordered by id, so that `classes[id].id === id`. */
  readonly classes: readonly GroceryClass[]
  /** Names of the coarse classes, by id. */
  readonly coarseNames: readonly string[]
} & { readonly [Split in GrocerySplit]: readonly GroceryPhoto[] }

/**
 * Reads the Grocery Store data set as its authors publish it; photos are listed, not opened.
 * @param root the folder with `classes.csv`, or the one above it with the folder `dataset`
 * @throws NotFound when a part is missing, naming it
 * @throws InvalidInput, with the line, when a line is wrong or a path leaves the folder
 * @see Klasson et al. 2019, A Hierarchical Grocery Store Image Dataset with Visual and Semantic Labels
 */
export async function readGroceryStore(root: string): Promise<GroceryStore> {
  const folder = await findGroceryStore(root)
  if (folder === undefined)
    throw notFound(
      `${root}: not the Grocery Store data set, wanted classes.csv, train.txt, val.txt and test.txt there or in dataset/; give the unpacked download`,
    )
  const classes = await readGroceryClasses(folder)
  const coarseNames: string[] = []
  for (const { coarseId, coarseName } of classes) coarseNames[coarseId] = coarseName
  const [train, val, test] = await Promise.all(
    grocerySplits.map((split) => readPhotos(folder, split, classes)),
  )
  return { classes, coarseNames, train: train!, val: val!, test: test! }
}

/** The folder that holds the data set's lists, `root` or `root/dataset`; undefined where neither. */
export async function findGroceryStore(root: string): Promise<string | undefined> {
  for (const folder of [resolve(root), resolve(root, 'dataset')]) {
    const parts = ['classes.csv', 'train.txt'].map((part) => access(join(folder, part)))
    const found = await Promise.allSettled(parts)
    if (found.every(({ status }) => status === 'fulfilled')) return folder
  }
  return undefined
}

/** Lines `path, class id, coarse class id`. */
async function readPhotos(
  folder: string,
  split: GrocerySplit,
  classes: readonly GroceryClass[],
): Promise<GroceryPhoto[]> {
  const file = join(folder, `${split}.txt`)
  const bytes = await readWholeFile(file, { what: 'photo list', limitBytes: 64 * 2 ** 20 })
  const photos: GroceryPhoto[] = []
  bytes
    .toString('utf8')
    .split(/\r?\n/)
    .forEach((text, i) => {
      if (text.trim() !== '') photos.push(toPhoto(`${file} line ${i + 1}`, text, folder, classes))
    })
  if (photos.length === 0) throw invalidInput(`${file}: lists no photos; copy the data set again`)
  return photos
}

function toPhoto(
  place: string,
  text: string,
  folder: string,
  classes: readonly GroceryClass[],
): GroceryPhoto {
  const [, name, fine, coarse] = text.match(/^(.+?)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/) ?? []
  if (name === undefined)
    throw invalidInput(
      `${place}: ${JSON.stringify(text.slice(0, 80))}, wanted "path, class id, coarse class id"`,
    )
  const [classId, coarseId] = [Number(fine), Number(coarse)]
  const known = classes[classId]
  if (known === undefined)
    throw invalidInput(`${place}: class ${classId}, classes.csv has 0 to ${classes.length - 1}`)
  if (known.coarseId !== coarseId)
    throw invalidInput(
      `${place}: coarse class ${coarseId}, classes.csv puts ${known.name} in ${known.coarseId}`,
    )
  const path = resolve(folder, name)
  if (!isInside(folder, path))
    throw invalidInput(`${place}: ${JSON.stringify(name)} leaves the data set's folder`)
  return { path, classId, coarseId }
}
