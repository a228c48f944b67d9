import {
  decodeAll,
  encodeLabelled,
  type LabelledFile,
  precisionOf,
  queryDecodeSide,
} from '../../src/curation/index.ts'
import { readModelFolder, writeModelFolder } from '../../src/encoders/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'
import { openCached } from './cached-encoder.ts'
import type { SectionContext } from './context.ts'

/**
 * Precision of queries in galleries, by gallery.
 * @param model a model folder, or an .onnx file that takes 224 px in [-1, 1]
 */
export async function measure<Name extends string>(
  model: string,
  files: {
    readonly queries: readonly LabelledFile[]
    readonly galleries: Readonly<Record<Name, readonly LabelledFile[]>>
  },
  context: SectionContext,
): Promise<Record<Name, RetrievalTable>> {
  const { progress, signal } = context
  const encoder = await openCached(model, context)
  try {
    const options = { longestSide: queryDecodeSide(encoder), progress, signal }
    const encode = async (some: readonly LabelledFile[]) =>
      encodeLabelled(encoder, await decodeAll(some, options), { signal })
    const queries = await encode(files.queries)
    const tables: [string, RetrievalTable][] = []
    for (const [name, gallery] of Object.entries<readonly LabelledFile[]>(files.galleries))
      tables.push([name, precisionOf(queries, await encode(gallery))])
    return Object.fromEntries(tables) as Record<Name, RetrievalTable>
  } finally {
    await encoder.close()
  }
}

/** Copies a trained model, its card completed with what it reached on test. */
export async function ship(
  from: string,
  to: string,
  reached: Readonly<Record<string, number>>,
): Promise<void> {
  const { card, model } = await readModelFolder(from)
  const { sha256: _, ...rest } = card
  await writeModelFolder(to, { card: { ...rest, metrics: { ...rest.metrics, ...reached } }, model })
}

/** A share as a percentage with one decimal. */
export const percent = (share: number): string => (share * 100).toFixed(1)

/** Precision at 1, 5 and 10 as cells of a table. */
export const cells = ({ p1, p5, p10 }: RetrievalTable): string[] => [p1, p5, p10].map(percent)

/** Mean and deviation, n − 1 in the denominator, of shares as percentages: `61.2 ± 0.4`; of one value the value. */
export function meanAndDeviation(shares: readonly number[]): string {
  const mean = shares.reduce((sum, x) => sum + x, 0) / shares.length
  if (shares.length === 1) return percent(mean)
  return `${percent(mean)} ± ${percent(deviation(shares))}`
}

/** Of a sample, n − 1 in the denominator; of one value NaN. */
export function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1))
}

/** What stands in the place of figures that no finished run gives. */
export const notRun = 'not run'
