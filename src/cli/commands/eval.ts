import { resolve } from 'node:path'
import { z } from 'zod'
import {
  decodeAll,
  encodeLabelled,
  groceryIconic,
  groceryPhotos,
  joinVectors,
  precisionOf,
} from '../../curation/index.ts'
import { type Preprocessing, readGroceryStore } from '../../data/index.ts'
import { openEncoder } from '../../encoders/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { defineCommand } from '../command.ts'
import { renderTable } from '../render-table.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'

/** Measures how well an encoder finds products in the Grocery Store data set. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model mobilenet.onnx --size 224',
      what: 'any ONNX file from [N, 3, 224, 224] to vectors',
    },
  ],
  options: z.object({
    data: z.string().describe('Grocery Store folder'),
    model: z
      .string()
      .optional()
      .describe('model folder, name of a shipped one or .onnx file; default: grocery-triplet'),
    split: z.enum(['val', 'test']).default('test').describe('photos that are the queries'),
    size: z.coerce.number().int().min(8).max(4096).default(224).describe('pixels, for .onnx files'),
    mean: z.coerce.number().default(0.5).describe('of the channels in [0, 1], for .onnx files'),
    std: z.coerce.number().positive().default(0.5).describe('of the channels, for .onnx files'),
  }),
  async run({ data, model, split, size, mean, std }, { cwd, signal, progress }) {
    const store = await readGroceryStore(resolve(cwd, data))
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
    } finally {
      await encoder.close()
    }
  },
})
