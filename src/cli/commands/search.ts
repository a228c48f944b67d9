import { resolve } from 'node:path'
import { z } from 'zod'
import { openCatalogue, readQuery } from '../../curation/index.ts'
import { defineCommand } from '../command.ts'
import { boxOption, timeOption } from '../picture-options.ts'
import { renderTable } from '../render-table.ts'
import { modelDescription, openChosenEncoder } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'

/** Finds the products that a picture shows; see docs/guides/curation.md. */
export const search = defineCommand({
  name: 'search',
  summary: 'Find the products that look like a picture or a part of a video',
  examples: [
    { line: 'search photo.jpg', what: 'the five products that look most like it' },
    {
      line: 'search photo.jpg --box 40,20,300,280 --top 10',
      what: 'only the part that begins at 40,20 and is 300 pixels wide and 280 high',
    },
    {
      line: 'search clip.mp4 --time 0:12.5 --box 40,20,300,280 --sheet found.html',
      what: 'a part of a frame of a video, shown as a page',
    },
  ],
  positionals: ['query'],
  options: z.object({
    query: z.string().describe('a picture, or a video together with --time'),
    index: z.string().default('.vitrine').describe('folder that "vitrine index" wrote'),
    top: z.coerce.number().int().min(1).max(1000).default(5).describe('hits to return'),
    box: boxOption.optional().describe('x,y,width,height in pixels: the part to search with'),
    time: timeOption.optional().describe('moment of a video: 12.5 or 0:12.5'),
    by: z
      .enum(['product', 'picture'])
      .default('product')
      .describe('list each product once, or every picture'),
    sheet: z
      .string()
      .regex(/\.html?$/i, 'wanted a file name that ends in .html')
      .optional()
      .describe('also write a page with query and hits: found.html'),
    model: z.string().optional().describe(modelDescription),
    threads: z.coerce.number().int().min(1).max(1024).optional().describe('for the encoder'),
  }),
  async run({ query: file, index, top, box, time, by, sheet, model, threads }, at) {
    const { cwd, signal, columns } = at
    const path = resolve(cwd, file)
    const encoder = await openChosenEncoder({ model, cwd, threads })
    try {
      const catalogue = await openCatalogue(resolve(cwd, index), {
        encoder,
        ...(threads === undefined ? {} : { threads }),
      })
      try {
        const source = { path, timeSeconds: time, box }
        const longestSide = Math.ceil(1.5 * encoder.pictureSize)
        const { picture, whole } = await readQuery(source, { longestSide, signal })
        const [hits = []] = await catalogue.search({ pictures: [picture], top, by, signal })
        return {
          data: { query: { path, timeSeconds: time, box }, by, hits },
          render: () =>
            hits.length === 0
              ? 'The index is empty.'
              : renderTable({
                  head: ['rank', 'product', 'title', 'score', 'picture'],
                  rows: hits.map(({ rank, product, title, score, picture }) => [
                    rank,
                    product,
                    title,
                    score.toFixed(3),
                    shownPath(picture, cwd),
                  ]),
                  columns,
                }),
        }
      } finally {
        await catalogue.close()
      }
    } finally {
      await encoder.close()
    }
  },
})
