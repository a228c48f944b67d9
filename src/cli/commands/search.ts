import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../../core/index.ts'
import {
  type CatalogueHit,
  type ContactSheet,
  contactSheetHtml,
  encodeTexts,
  fileThumbnails,
  openCatalogue,
  queryDecodeSide,
  readQuery,
  sheetRow,
} from '../../curation/index.ts'
import { defineCommand } from '../command.ts'
import { modelOptions, settingsOf } from '../model-options.ts'
import { boxOption, timeOption } from '../picture-options.ts'
import { renderTable } from '../render-table.ts'
import { openEncoderOfIndex } from '../shipped-encoder.ts'
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
    { line: 'search --text "green apple"', what: 'words, where the model has a tower for texts' },
  ],
  positionals: ['query'],
  options: z.object({
    query: z.string().optional().describe('a picture, or a video together with --time'),
    text: z.string().optional().describe('words to search with instead of a picture'),
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
    threads: z.coerce.number().int().min(1).max(1024).optional().describe('for the encoder'),
    ...modelOptions,
  }),
  async run({ index, top, box, time, by, sheet, threads, text, ...options }, at) {
    const { cwd, env, signal, progress, columns } = at
    checkQuery({ file: options.query, text, pictureOnly: [box, time, sheet] })
    const path = resolve(cwd, options.query ?? '')
    const pull = { env, progress, signal }
    const choice = { model: options.model, settings: settingsOf(options), cwd, threads, pull }
    const encoder = await openEncoderOfIndex(resolve(cwd, index), choice)
    try {
      const catalogue = await openCatalogue(resolve(cwd, index), {
        encoder,
        ...(threads === undefined ? {} : { threads }),
      })
      try {
        if (text !== undefined) {
          const queries = await encodeTexts(encoder, [text], { signal })
          const [hits = []] = await catalogue.search({ queries, top, by, signal })
          const shown = { cwd, columns, sheetPath: undefined }
          return { data: { query: { text }, by, hits }, render: () => page(hits, shown) }
        }
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

interface QueryWords {
  readonly file: string | undefined
  readonly text: string | undefined
  /** Options that only a picture can have. */
  readonly pictureOnly: readonly unknown[]
}

function checkQuery({ file, text, pictureOnly }: QueryWords): void {
  if (file === undefined && text === undefined)
    throw invalidInput('--query: missing, wanted a picture, or words with --text')
  if (text === undefined) return
  if (text.trim() === '') throw invalidInput('--text: is empty, wanted words: "green apple"')
  if (file !== undefined || pictureOnly.some((option) => option !== undefined))
    throw invalidInput('--text: words go without a picture, --box, --time and --sheet; leave these')
}

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
