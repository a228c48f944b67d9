import type { Rng } from '../core/index.ts'
import {
  add,
  bitwiseAnd,
  bitwiseXor,
  cast,
  constant,
  div,
  mul,
  reshape,
  split,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf, tensor } from '../tensor/index.ts'
import type { Training } from './layer.ts'

/**
 * Uniform random 32-bit integers that follow from the number of the step alone: onnxruntime's own
 * generators keep a state inside the session, which a resumed run would not have. [] → `shape`, int32
 *
 * The elements are numbered as a table of rows and columns, u[r, c] = a[r] · key[c] + b[r] mod 2³²,
 * which costs two passes. Each step has new words a and b of every row, by a hash of full quality;
 * the keys stay. No two keys agree in their lowest 17 bits, so that the upper 16 bits of any two
 * elements of a row are exactly independent (of up to 2¹⁷ columns: the table is made as square as
 * it goes). Only the upper 16 bits should be used. Steps are told apart up to 2²⁴.
 *
 * @see Dietzfelbinger 1996, Universal hashing and k-wise independent random variables via integer
 *   arithmetic without primes, theorem 1
 */
export function randomTable(shape: Shape, { step, rng }: Pick<Training, 'step' | 'rng'>): Value {
  const [rows, columns] = nearlySquare(sizeOf(shape))
  const [a, b] = split(rowWords(2 * rows, step, rng), [rows, rows], 0) as [Value, Value]
  const keys = Int32Array.from({ length: columns }, (_, c) => (rng.integer(2 ** 15) << 17) | c)
  const table = add(mul(a, constant(tensor('int32', [1, columns], keys))), b)
  return reshape(table, shape)
}

/**
 * A random word for each row: its own SplitMix generator, whose seed is drawn here and whose
 * counter is the step. [count, 1], int32
 * @see Steele, Lea, Flood 2014; the hash is lowbias32 of Wellons 2018
 */
function rowWords(count: number, step: Value, rng: Rng): Value {
  const seeds = BigInt64Array.from({ length: count }, () => BigInt(rng.integer(2 ** 32)))
  const counters = mul(cast(step, 'int64'), 0x9e3779b9)
  let word = low(add(constant(tensor('int64', [count, 1], seeds)), counters))
  word = low(mul(bitwiseXor(word, div(word, 2 ** 16)), 0x7feb352d))
  // 0x846ca68b as a negative number, so that the product keeps to 63 bits
  word = low(mul(bitwiseXor(word, div(word, 2 ** 15)), 0x846ca68b - 2 ** 32))
  return cast(bitwiseXor(word, div(word, 2 ** 16)), 'int32')
}

/** The lowest 32 bits of an int64. */
const low = (x: Value): Value => bitwiseAnd(x, 2 ** 32 - 1)

/** The two factors of a size that are closest, the smaller one first. */
function nearlySquare(size: number): [number, number] {
  let smaller = Math.floor(Math.sqrt(size))
  while (smaller > 1 && size % smaller !== 0) smaller--
  return [smaller, size / Math.max(smaller, 1)]
}
