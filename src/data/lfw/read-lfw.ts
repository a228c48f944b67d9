import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { notFound } from '../../core/index.ts'
import { readWholeFile } from '../open-file.ts'
import { type FacePair, parsePairs } from './parse-pairs.ts'

/** View 1 of Labeled Faces in the Wild: pairs to develop with, of people that are not in the other list. */
export interface LfwView {
  /** 1100 pairs of the same person, then 1100 of two people. */
  readonly train: readonly FacePair[]
  /** 500 pairs of the same person, then 500 of two people. */
  readonly test: readonly FacePair[]
}

const listLimitBytes = 2 ** 20

/**
 * Reads View 1 of Labeled Faces in the Wild; pictures are listed, not opened.
 * @param root folder with `pairsDevTrain.txt`, `pairsDevTest.txt` and the pictures as
 *   `images/Name/Name_0001.jpg` (or `lfw/`, as the authors' archive calls it)
 * @throws NotFound when a part is missing; InvalidInput, with the line, when a list is wrong
 * @see Huang et al. 2007, Labeled Faces in the Wild
 */
export async function readLfw(root: string): Promise<LfwView> {
  const images = await findLfw(root)
  if (images === undefined)
    throw notFound(
      `${root}: not Labeled Faces in the Wild, wanted pairsDevTrain.txt, pairsDevTest.txt and images/ there; get it with "vitrine data get lfw"`,
    )
  const [train, test] = await Promise.all(
    ['pairsDevTrain.txt', 'pairsDevTest.txt'].map(async (name) => {
      const place = join(resolve(root), name)
      const bytes = await readWholeFile(place, {
        what: 'list of pairs',
        limitBytes: listLimitBytes,
      })
      return parsePairs(bytes.toString('utf8'), { place, images })
    }),
  )
  return { train: train!, test: test! }
}

/** The folder of the pictures of a copy of the data set; undefined where `root` is none. */
export async function findLfw(root: string): Promise<string | undefined> {
  for (const images of ['images', 'lfw']) {
    const parts = [images, 'pairsDevTrain.txt', 'pairsDevTest.txt']
    const found = await Promise.allSettled(parts.map((part) => access(resolve(root, part))))
    if (found.every(({ status }) => status === 'fulfilled')) return resolve(root, images)
  }
  return undefined
}
