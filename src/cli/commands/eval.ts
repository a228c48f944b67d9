import { z } from 'zod'
import {
  decodeAll,
  encodeLabelled,
  evaluateFashion,
  groceryIconic,
  groceryPhotos,
  joinVectors,
  precisionOf,
} from '../../curation/index.ts'
import {
  findFashionSet,
  type GroceryStore,
  readFashionSet,
  readGroceryStore,
} from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { type CommandContext, type CommandResult, defineCommand } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { exitCodes } from '../exit-codes.ts'
import { fashionPage } from '../fashion-page.ts'
import { modelOptions, settingsOf } from '../model-options.ts'
import { renderTable } from '../render-table.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'

/** Measures how well an encoder finds products in a public data set; see docs/guides/data.md. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model file:mobilenet.onnx --mean 0.5 --std 0.5',
      what: 'any ONNX file from pictures to vectors',
    },
    {
      line: 'eval --data shared/data/fashion',
      what: 'products of the same type and colour, and products by a distorted photo',
    },
  ],
  options: z.object({
    data: z.string().describe('folder of the Grocery Store or of the Fashion Product Images'),
    split: z
      .enum(['val', 'test'])
      .default('test')
      .describe('photos or products that are the queries'),
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(2147483647)
      .default(1)
      .describe('of the distorted photos of Fashion Product Images'),
    ...modelOptions,
  }),
  async run({ data, split, seed, model, ...options }, context) {
    const { cwd, env, signal, progress } = context
    const folder = await dataPath(data, context)
    const isFashion = (await findFashionSet(folder)) !== undefined
    const grocery = isFashion ? undefined : await readGroceryStore(folder)
    const settings = settingsOf(options)
    const pull = { env, progress, signal }
    const encoder = await openChosenEncoder({ model, settings, cwd, pull })
    try {
      if (grocery !== undefined) return await onGrocery({ store: grocery, encoder, split }, context)
      const set = await readFashionSet(folder)
      const report = await evaluateFashion({ set, encoder, split, seed, progress, signal })
      return {
        data: { encoder: encoder.name, split, seed, ...report },
        exitCode: report.skipped.length === 0 ? exitCodes.ok : exitCodes.someSkipped,
        render: () => fashionPage(report),
      }
    } finally {
      await encoder.close()
    }
  },
})

interface OnGrocery {
  readonly store: GroceryStore
  readonly encoder: PictureEncoder
  readonly split: 'val' | 'test'
}

async function onGrocery(
  { store, encoder, split }: OnGrocery,
  { progress, signal }: CommandContext,
): Promise<CommandResult> {
  const options = { longestSide: Math.ceil(1.5 * encoder.pictureSize), progress, signal }
  const parts = {
    queries: groceryPhotos(store, split),
    iconic: groceryIconic(store),
    photos: groceryPhotos(store, 'train'),
  }
  const encode = async (files: (typeof parts)['iconic']) =>
    encodeLabelled(encoder, await decodeAll(files, options), { signal })
  const queries = await encode(parts.queries)
  const iconic = await encode(parts.iconic)
  const photos = await encode(parts.photos)
  const tables: Record<string, RetrievalTable> = {
    'iconic pictures': precisionOf(queries, iconic),
    'iconic pictures and train photos': precisionOf(queries, joinVectors(iconic, photos)),
  }
  return {
    data: { encoder: encoder.name, split, galleries: tables },
    render: () =>
      renderTable({
        head: ['gallery', 'pictures', 'queries', 'P@1', 'P@5', 'P@10'],
        rows: Object.entries(tables).map(([name, t]) => [
          name,
          t.gallery,
          t.queries,
          ...[t.p1, t.p5, t.p10].map((p) => (p * 100).toFixed(2)),
        ]),
      }),
  }
}
