import { resolve } from 'node:path'
import { z } from 'zod'
import {
  decodeAll,
  encodeLabelled,
  evaluateFashion,
  type FashionReport,
  groceryIconic,
  groceryPhotos,
  joinVectors,
  precisionOf,
} from '../../curation/index.ts'
import {
  findFashionSet,
  type GroceryStore,
  type Preprocessing,
  readFashionSet,
  readGroceryStore,
} from '../../data/index.ts'
import { openEncoder, type PictureEncoder } from '../../encoders/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { type CommandContext, type CommandResult, defineCommand } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderTable } from '../render-table.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'

/** Measures how well an encoder finds products in a public data set; see docs/guides/data.md. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model mobilenet.onnx --size 224',
      what: 'any ONNX file from [N, 3, 224, 224] to vectors',
    },
    {
      line: 'eval --data shared/data/fashion',
      what: 'products of the same type and colour, and products by a distorted photo',
    },
  ],
  options: z.object({
    data: z.string().describe('folder of the Grocery Store or of the Fashion Product Images'),
    model: z
      .string()
      .optional()
      .describe('model folder, name of a shipped one or .onnx file; default: grocery-triplet'),
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
    size: z.coerce.number().int().min(8).max(4096).default(224).describe('pixels, for .onnx files'),
    mean: z.coerce.number().default(0.5).describe('of the channels in [0, 1], for .onnx files'),
    std: z.coerce.number().positive().default(0.5).describe('of the channels, for .onnx files'),
  }),
  async run({ data, model, split, seed, size, mean, std }, context) {
    const { cwd } = context
    const folder = await dataPath(data, context)
    const isFashion = (await findFashionSet(folder)) !== undefined
    const grocery = isFashion ? undefined : await readGroceryStore(folder)
    const preprocessing: Preprocessing = {
      size,
      fit: 'stretch',
      mean: [mean, mean, mean],
      std: [std, std, std],
    }
    const isFile = model?.toLowerCase().endsWith('.onnx') === true
    const encoder = isFile
      ? await openEncoder(resolve(cwd, model), preprocessing)
      : await openChosenEncoder({ model, cwd })
    try {
      if (grocery !== undefined) return await onGrocery({ store: grocery, encoder, split }, context)
      const set = await readFashionSet(folder)
      const { signal, progress } = context
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
          ...[t.p1, t.p5, t.p10].map(percent),
        ]),
      }),
  }
}

function fashionPage({ attributes, distorted, skipped }: FashionReport): string {
  const table = renderTable({
    head: ['looking for', 'queries', 'among', 'P@1', 'P@5', 'P@10', 'P@5 by chance'],
    rows: [
      [
        'same type and colour',
        attributes.queries,
        attributes.gallery,
        ...[attributes.p1, attributes.p5].map(percent),
        '',
        percent(attributes.chanceP5),
      ],
      [
        'itself, by a distorted photo',
        distorted.queries,
        distorted.gallery,
        ...[distorted.p1, distorted.p5, distorted.p10].map(percent),
        percent(Math.min(1, 5 / distorted.gallery)),
      ],
    ],
  })
  return [
    table,
    '',
    `Of the five nearest others, ${percent(attributes.shareOf5)} % have the same type and colour; for ${percent(attributes.possible)} % of the queries there is one at all.`,
    ...(skipped.length === 0
      ? []
      : [`Skipped ${skipped.length}, the first: ${skipped[0]!.place}: ${skipped[0]!.reason}`]),
  ].join('\n')
}

const percent = (share: number): string => (share * 100).toFixed(2)
