import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../../core/index.ts'
import {
  type CatalogueHit,
  type ContactSheet,
  contactSheetHtml,
  encodeTexts,
  openCatalogue,
  parseCondition,
  queryDecodeSide,
  readQuery,
  sheetRow,
  viewings,
} from '../../curation/index.ts'
import { fileThumbnails } from '../../data/index.ts'
import { defineCommand } from '../command.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { threadsOption, wholeNumber } from '../number-options.ts'
import { boxOption, timeOption } from '../picture-options.ts'
import { renderTable } from '../render-table.ts'
import { openEncoderOfIndex } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'
import { weightsOption } from '../weights-option.ts'

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
    {
      line: 'search mug.jpg --not blue.jpg --filter kind=mug --filter "price<5"',
      what: 'like the one and unlike the other, of those that meet the conditions',
    },
    { line: 'search --like p0003', what: 'products that look like one in the index' },
    { line: 'search --text "green apple"', what: 'words, where the model has a tower for texts' },
  ],
  positionals: ['query'],
  options: z.object({
    query: z
      .array(z.string())
      .default([])
      .describe('one or more pictures, or a video together with --time'),
    text: z
      .array(z.string().regex(/\S/, 'wanted words: "green apple"'))
      .default([])
      .describe('words to search with, where the model has a tower for texts'),
    like: z.array(z.string()).default([]).describe('id of an indexed product to find more like it'),
    not: z.array(z.string()).default([]).describe('a picture that hits must not look like'),
    notWeight: z.coerce
      .number()
      .min(0)
      .max(10)
      .default(0.5)
      .describe('how much --not counts beside what is looked for'),
    filter: z
      .array(z.string())
      .default([])
      .describe('condition on an attribute: category=Juice, "price<5" or "in stock"'),
    weights: weightsOption
      .optional()
      .describe(
        'how much each encoder counts: a=0.6,b=0.4; default: as the index says, else alike',
      ),
    tta: z
      .enum(viewings)
      .default('none')
      .describe('mean or largest score over views: as it is, mirrored, and the middle of both'),
    index: z.string().default('.vitrine').describe('folder that "vitrine index" wrote'),
    top: wholeNumber(1, 1000).default(5).describe('hits to return'),
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
    threads: threadsOption('for the encoder'),
    ...modelOptions,
  }),
  async run({ query: files, index, top, box, time, by, sheet, ...options }, at) {
    const { cwd, signal, columns } = at
    const { text, like, not, notWeight, tta: views, weights, threads } = options
    checkQuery({
      files,
      others: text.length + like.length,
      partial: box !== undefined || time !== undefined,
      sheet,
    })
    const filter = options.filter.map(parseCondition)
    const paths = files.map((file) => resolve(cwd, file))
    const encoder = await openEncoderOfIndex(resolve(cwd, index), encoderChoice(options, at))
    try {
      const catalogue = await openCatalogue(resolve(cwd, index), {
        encoder,
        ...(threads === undefined ? {} : { threads }),
      })
      try {
        const longestSide = queryDecodeSide(encoder)
        const read = (path: string) => readQuery({ path }, { longestSide, signal })
        const queries = await Promise.all(
          paths.map((path) => readQuery({ path, timeSeconds: time, box }, { longestSide, signal })),
        )
        const unwanted = await Promise.all(not.map((file) => read(resolve(cwd, file))))
        const pictures = queries.map(({ picture }) => picture)
        const words =
          text.length === 0 ? {} : { words: await encodeTexts(encoder, text, { signal }) }
        const hits = await catalogue.find(
          {
            pictures,
            ...words,
            like,
            not: unwanted.map(({ picture }) => picture),
            notWeight,
            views,
          },
          { top, by, filter, signal, ...(weights === undefined ? {} : { weights }) },
        )
        const sheetPath = sheet === undefined ? undefined : resolve(cwd, sheet)
        if (sheetPath !== undefined) {
          const caption = captionOf(files.map((file) => basename(file)).join(', '), time)
          const shown = { whole: queries[0]!.whole, box, caption, hits }
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
          data: {
            query: { path: paths[0], timeSeconds: time, box },
            pictures: paths,
            ...{ text, like, not, filter: options.filter, weights, tta: views },
            ...{ by, hits, sheet: sheetPath },
          },
          render: () => page(hits, { cwd, columns, sheetPath, filtered: filter.length > 0 }),
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
  readonly files: readonly string[]
  /** Texts and products that are searched with. */
  readonly others: number
  /** Whether only a part of a picture or video is searched with. */
  readonly partial: boolean
  readonly sheet: string | undefined
}

function checkQuery({ files, others, partial, sheet }: QueryWords): void {
  if (files.length + others === 0)
    throw invalidInput(
      '--query: missing, wanted a picture, words with --text or a product with --like; see vitrine search --help',
    )
  if (partial && files.length !== 1)
    throw invalidInput(
      `search: --box and --time are for one picture or video, got ${files.length}; leave them out or search with one`,
    )
  if (sheet !== undefined && files.length === 0)
    throw invalidInput(
      'search: --sheet shows the query, so it needs a picture beside --text or --like',
    )
}

interface Page {
  readonly cwd: string
  readonly columns: number | undefined
  readonly sheetPath: string | undefined
  readonly filtered: boolean
}

function page(hits: readonly CatalogueHit[], { cwd, columns, sheetPath, filtered }: Page): string {
  if (hits.length === 0)
    return filtered ? 'No product meets the conditions.' : 'The index has no other product.'
  const table = renderTable({
    head: ['rank', 'product', 'title', 'score', 'picture'],
    rows: hits.map(({ rank, product, title, score, picture, uri }) => [
      rank,
      product,
      title,
      score.toFixed(3),
      uri ?? shownPath(picture, cwd),
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
