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
import { readGroceryStore } from '../../data/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { defineCommand } from '../command.ts'
import { modelOptions, settingsOf } from '../model-options.ts'
import { renderTable } from '../render-table.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'

/** Measures how well an encoder finds products in the Grocery Store data set. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model file:mobilenet.onnx --mean 0.5 --std 0.5',
      what: 'any ONNX file from pictures to vectors',
    },
  ],
  options: z.object({
    data: z.string().describe('Grocery Store folder'),
    split: z.enum(['val', 'test']).default('test').describe('photos that are the queries'),
    ...modelOptions,
  }),
  async run({ data, split, model, ...options }, { cwd, env, signal, progress }) {
    const store = await readGroceryStore(resolve(cwd, data))
    const settings = settingsOf(options)
    const pull = { env, progress, signal }
    const encoder = await openChosenEncoder({ model, settings, cwd, pull })
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
