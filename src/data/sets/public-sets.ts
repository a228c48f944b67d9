import { findFashionSet } from '../fashion/read-fashion.ts'
import { findGroceryStore } from '../grocery-store.ts'
import { findLfw } from '../lfw/read-lfw.ts'

/** One file of a public data set. */
export interface SetFile {
  /** What it is called, `lfw.tgz`. */
  readonly name: string
  /** Where it is offered; left out where only a browser gets it. */
  readonly url?: string
  /** Hexadecimal, where the authors or a large project published it. */
  readonly sha256?: string
  /** The most bytes that are taken. */
  readonly limitBytes: number
  /** How it is unpacked; left out for a plain file. */
  readonly unpack?: {
    readonly format: 'tar' | 'zip'
    readonly into?: string
    readonly strip?: number
    readonly wants?: (name: string) => boolean
    readonly limitBytes: number
  }
}

/** A public data set that Vitrine reads. */
export interface PublicSet {
  /** As commands and folders call it. */
  readonly name: string
  readonly title: string
  /** Its page, for people. */
  readonly page: string
  readonly terms: string
  readonly files: readonly SetFile[]
  /** Free space that getting it takes, archive and all. */
  readonly spaceBytes: number
  /** Whether a folder holds it. */
  readonly isIn: (folder: string) => Promise<boolean>
}

const megabyte = 1e6

/** The data sets that `vitrine data` knows. */
export const publicSets: readonly PublicSet[] = [
  {
    name: 'grocery',
    title: 'Grocery Store: photos of 81 products in shops, with catalogue pictures',
    page: 'https://github.com/marcusklasson/GroceryStoreDataset',
    terms: 'MIT; cite Klasson et al., WACV 2019',
    files: [
      {
        name: 'grocery.tar.gz',
        url: 'https://github.com/marcusklasson/GroceryStoreDataset/archive/refs/heads/master.tar.gz',
        limitBytes: 1000 * megabyte,
        unpack: { format: 'tar', strip: 1, limitBytes: 2000 * megabyte },
      },
    ],
    spaceBytes: 800 * megabyte,
    isIn: async (folder) => (await findGroceryStore(folder)) !== undefined,
  },
  {
    name: 'lfw',
    title: 'Labeled Faces in the Wild: photos of faces, with pairs of the same and of others',
    page: 'http://vis-www.cs.umass.edu/lfw/',
    terms: 'for research; cite Huang et al. 2007',
    files: [
      {
        name: 'lfw.tgz',
        url: 'https://ndownloader.figshare.com/files/5976018',
        sha256: '055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0',
        limitBytes: 400 * megabyte,
        unpack: { format: 'tar', into: 'images', strip: 1, limitBytes: 1000 * megabyte },
      },
      {
        name: 'pairsDevTrain.txt',
        url: 'https://ndownloader.figshare.com/files/5976012',
        sha256: '1d454dada7dfeca0e7eab6f65dc4e97a6312d44cf142207be28d688be92aabfa',
        limitBytes: megabyte,
      },
      {
        name: 'pairsDevTest.txt',
        url: 'https://ndownloader.figshare.com/files/5976009',
        sha256: '7cb06600ea8b2814ac26e946201cdb304296262aad67d046a16a7ec85d0ff87c',
        limitBytes: megabyte,
      },
      {
        name: 'pairs.txt',
        url: 'https://ndownloader.figshare.com/files/5976006',
        sha256: 'ea42330c62c92989f9d7c03237ed5d591365e89b3e649747777b70e692dc1592',
        limitBytes: megabyte,
      },
    ],
    spaceBytes: 700 * megabyte,
    isIn: async (folder) => (await findLfw(folder)) !== undefined,
  },
  {
    name: 'fashion',
    title: 'Fashion Product Images (small): one picture a product, with attributes and titles',
    page: 'https://www.kaggle.com/datasets/paramaggarwal/fashion-product-images-small',
    terms: 'for research, see its page; Kaggle asks for a login',
    files: [
      {
        name: 'archive.zip',
        limitBytes: 2000 * megabyte,
        unpack: {
          format: 'zip',
          // The archive holds everything a second time in this folder.
          wants: (name) => !name.startsWith('myntradataset/'),
          limitBytes: 4000 * megabyte,
        },
      },
    ],
    spaceBytes: 1000 * megabyte,
    isIn: async (folder) => (await findFashionSet(folder)) !== undefined,
  },
]
