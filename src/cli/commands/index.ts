import { resolve } from 'node:path'
import { z } from 'zod'
import { type IndexReport, indexCatalogue } from '../../curation/index.ts'
import { readCatalogue } from '../../data/index.ts'
import { precisions, searchMethods } from '../../search/index.ts'
import { defineCommand } from '../command.ts'
import { counted } from '../counted.ts'
import { dataPath } from '../data-home.ts'
import { exitCodes } from '../exit-codes.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { threadsOption } from '../number-options.ts'
import { openChosenEncoder, openEncoderOfIndex } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'
import { webOptions, webPictures } from '../web-options.ts'
import { weightsOption } from '../weights-option.ts'

const mostShown = 20

/** Makes a catalogue searchable; see docs/guides/curation.md. */
export const index = defineCommand({
  name: 'index',
  summary: 'Index a catalogue of products and their pictures',
  examples: [
    { line: 'index products.csv', what: 'columns id, images, and optionally title and others' },
    { line: 'index photos/ --index shop', what: 'a folder with one sub-folder a product' },
    {
      line: 'index products.csv --encoder grocery-triplet --encoder runs/mine/model',
      what: 'two encoders that search together',
    },
    {
      line: 'index products.csv --precision i8',
      what: 'searches several times faster, with the same hits',
    },
    { line: 'index products.csv --update', what: 'encode only what is new or changed since' },
  ],
  positionals: ['catalogue'],
  options: z.object({
    catalogue: z
      .string()
      .describe('CSV or JSONL file, folder of pictures, Grocery Store or Fashion Product Images'),
    index: z.string().default('.vitrine').describe('folder that the index is written to'),
    weights: weightsOption
      .optional()
      .describe('how much each encoder counts in searches: a=0.6,b=0.4; default: alike'),
    precision: z
      .enum(precisions)
      .optional()
      .describe(
        'how rows are kept: f32; f16 is half the size; i8 a quarter more, several times faster, the same hits; default: f32',
      ),
    method: z
      .enum(searchMethods)
      .optional()
      .describe(
        'exact looks at every row; hnsw at some hundred: nearly all of the nearest, among millions; default: exact',
      ),
    update: z.boolean().default(false).describe('keep what the index has, encode what is new'),
    photos: z
      .enum(['none', 'train', 'val', 'test'])
      .default('none')
      .describe('photos of a Grocery Store data set that join its iconic pictures'),
    allowOutside: z
      .boolean()
      .default(false)
      .describe('let a CSV or JSONL file name pictures outside its own folder'),
    ...webOptions,
    threads: threadsOption('for the encoder'),
    ...modelOptions,
  }),
  async run({ catalogue: path, index: folder, weights, update, ...options }, at) {
    const { precision, method } = options
    const { cwd, signal, progress } = at
    const { photos, allowOutside } = options
    const catalogue = await readCatalogue(dataPath(path, at), {
      photos,
      allowOutside,
      web: webPictures(options, at),
      signal,
    })
    const choice = encoderChoice(options, at)
    const encoder = update
      ? await openEncoderOfIndex(resolve(cwd, folder), choice)
      : await openChosenEncoder(choice)
    try {
      const report = await indexCatalogue({
        catalogue,
        encoder,
        folder: resolve(cwd, folder),
        ...(weights === undefined ? {} : { weights }),
        ...(precision === undefined ? {} : { precision }),
        ...(method === undefined ? {} : { method }),
        update,
        progress,
        signal,
      })
      return {
        data: { encoder: encoder.name, ...report },
        exitCode: report.skippedCount === 0 ? exitCodes.ok : exitCodes.someSkipped,
        render: () => page(report, cwd),
      }
    } finally {
      await encoder.close()
    }
  },
})

function page(report: IndexReport, cwd: string): string {
  const { folder, products, pictures, encoded, kept, removed, seconds } = report
  const rate = encoded === 0 ? '' : ` (${Math.round(encoded / seconds)} pictures/s)`
  const change = [
    `${encoded} encoded in ${seconds.toFixed(1)} s${rate}`,
    kept === 0 ? '' : `${kept} kept`,
    removed === 0 ? '' : `${removed} removed`,
  ].filter((part) => part !== '')
  return [
    `${shownPath(folder, cwd)}: ${counted(products, 'product')}, ${counted(pictures, 'picture')}; ${change.join(', ')}`,
    ...skippedLines(report, cwd),
  ].join('\n')
}

function skippedLines({ skipped, skippedCount }: IndexReport, cwd: string): string[] {
  if (skippedCount === 0) return []
  const more = skippedCount - Math.min(mostShown, skipped.length)
  return [
    '',
    `Skipped ${skippedCount}:`,
    ...skipped
      .slice(0, mostShown)
      .map(({ place, reason }) => `  ${shownPath(place, cwd)}: ${reason}`),
    ...(more > 0 ? [`  and ${more} more (--json lists up to 1000)`] : []),
  ]
}
