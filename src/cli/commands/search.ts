import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../core/index.ts'
import {
  type CatalogueHit,
  type ContactSheet,
  contactSheetHtml,
  fileThumbnails,
  openCatalogue,
  queryDecodeSide,
  readQuery,
  sheetRow,
} from '../../curation/index.ts'
import { defineCommand } from '../command.ts'
import { boxOption, timeOption } from '../picture-options.ts'
import { renderTable } from '../render-table.ts'
import { modelDescription, openEncoderOfIndex } from '../shipped-encoder.ts'
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
    const encoder = await openEncoderOfIndex(resolve(cwd, index), { model, cwd, threads })
    try {
      const catalogue = await openCatalogue(resolve(cwd, index), {
        encoder,
        ...(threads === undefined ? {} : { threads }),
      })
      try {
        const source = { path, timeSeconds: time, box }
        const longestSide = queryDecodeSide(encoder)
        const { picture, whole } = await readQuery(source, { longestSide, signal })
        const [hits = []] = await catalogue.search({ queries: [picture], top, by, signal })
        const sheetPath = sheet === undefined ? undefined : resolve(cwd, sheet)
        if (sheetPath !== undefined) {
          const shown = { whole, box, caption: captionOf(basename(path), time), hits }
          const row = await sheetRow(shown, { thumbnails: fileThumbnails(), shown: 100 })
          await writeSheet(sheetPath, {
            title: 'Found by Vitrine',
            sections: [{ heading: `The nearest ${by}s`, figures: [], rows: [row] }],
            settings: [
              ['index', shownPath(resolve(cwd, index), cwd)],
              ['pictures', String(catalogue.pictures)],
              ['encoder', encoder.name],
            ],
          })
        }
        return {
          data: { query: { path, timeSeconds: time, box }, by, hits, sheet: sheetPath },
          render: () => page(hits, { cwd, columns, sheetPath }),
        }
      } finally {
        await catalogue.close()
      }
    } finally {
      await encoder.close()
    }
  },
})

interface Page {
  readonly cwd: string
  readonly columns: number | undefined
  readonly sheetPath: string | undefined
}

function page(hits: readonly CatalogueHit[], { cwd, columns, sheetPath }: Page): string {
  if (hits.length === 0) return 'The index is empty.'
  const table = renderTable({
    head: ['rank', 'product', 'title', 'score', 'picture'],
    rows: hits.map(({ rank, product, title, score, picture }) => [
      rank,
      product,
      title,
      score.toFixed(3),
      shownPath(picture, cwd),
    ]),
    columns,
  })
  return sheetPath === undefined ? table : `${table}\n\nSheet: ${shownPath(sheetPath, cwd)}`
}

function captionOf(name: string, time: number | undefined): string {
  return time === undefined ? name : `${name} at ${time} s`
}

async function writeSheet(path: string, sheet: ContactSheet): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFileAtomic(path, contactSheetHtml(sheet))
}
