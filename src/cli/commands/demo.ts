import { join, resolve } from 'node:path'
import { z } from 'zod'
import { notFound } from '../../core/index.ts'
import { type DemoPart, type DemoReport, runDemo } from '../../curation/index.ts'
import { findGroceryStore } from '../../data/index.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { dataHome } from '../data-home.ts'
import { exitCodes } from '../exit-codes.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { threadsOption, wholeNumber } from '../number-options.ts'
import { findPackageRoot } from '../package-root.ts'
import { renderTable } from '../render-table.ts'
import { findModel, openChosenEncoder } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'
import { vitrineLine } from '../vitrine-line.ts'

/** Shows the whole of curation on a shop made by code; see docs/guides/curation.md. */
export const demo = defineCommand({
  name: 'demo',
  summary: 'Make a sample shop, index it and find its products in photos and a video',
  examples: [
    { line: 'demo', what: 'figures, a contact sheet, and how to go on from there' },
    { line: 'demo --once --json', what: 'the figures for a machine' },
    { line: 'demo --data shared/data', what: 'the same on shared/data/grocery as well' },
  ],
  options: z.object({
    once: z
      .boolean()
      .default(false)
      .describe('end with the figures, without hints on how to go on (no app is opened yet)'),
    data: z
      .string()
      .optional()
      .describe(
        'folder that holds grocery/, the Grocery Store data set; default: VITRINE_DATA, or .vitrine/data',
      ),
    out: z.string().default('.vitrine/demo').describe('folder for shop, indexes and sheet'),
    products: wholeNumber(10, 2000).default(120).describe('in the sample shop'),
    model: modelOptions.model,
    threads: threadsOption('for the encoder'),
  }),
  async run({ once, data, out, products, model, threads }, at) {
    const { cwd, signal, progress } = at
    const choice = encoderChoice({ model, threads }, at)
    const sampleShop = await openChosenEncoder({ ...choice, shipped: 'sample-shop-triplet' })
    const groceryEncoder = await openChosenEncoder(choice)
    try {
      const grocery = await findGrocery(data, at)
      const report = await runDemo({
        encoders: { sampleShop, grocery: groceryEncoder },
        folder: resolve(cwd, out),
        products,
        ...(grocery === undefined ? {} : { grocery }),
        progress,
        signal,
      })
      const skipped = report.parts
        .flatMap(({ indexing }) => indexing)
        .reduce((sum, { skippedCount }) => sum + skippedCount, 0)
      const next = once ? [] : ['', ...howToGoOn(report, { cwd, model })]
      return {
        data: forMachines(report),
        exitCode: skipped === 0 ? exitCodes.ok : exitCodes.someSkipped,
        render: () => [page(report, at), ...next].join('\n'),
      }
    } finally {
      await sampleShop.close()
      await groceryEncoder.close()
    }
  },
})

/** The data set's folder, where one is named and there. */
async function findGrocery(
  data: string | undefined,
  { cwd, env, log }: CommandContext,
): Promise<string | undefined> {
  const folder = data === undefined ? dataHome({ cwd, env }) : resolve(cwd, data)
  for (const candidate of [join(folder, 'grocery'), folder])
    if ((await findGroceryStore(candidate)) !== undefined) return candidate
  const missing = `${join(folder, 'grocery')}: the Grocery Store data set is not there`
  if (data !== undefined) throw notFound(`${missing}; name the folder that holds grocery/`)
  if (env.VITRINE_DATA) log(`${missing} (VITRINE_DATA); showing the sample shop only`)
  return undefined
}

/** Pictures have no place in figures. */
function forMachines({ parts, sheet, seconds }: DemoReport) {
  return {
    parts: parts.map(({ name, encoder, indexing, trials, stages }) => ({
      name,
      encoder: { name: encoder.name, hash: encoder.hash },
      trials: trials.map(({ queries, gallery, figures }) => ({ queries, gallery, ...figures })),
      stages,
      skipped: indexing.flatMap((report) => report.skipped),
    })),
    sheet,
    seconds,
  }
}

function page({ parts, sheet, seconds }: DemoReport, { cwd, columns }: CommandContext): string {
  const figures = renderTable({
    head: ['shop', 'encoder', 'queries', 'searched among', 'P@1', 'P@5', 'P@10', 'by chance'],
    rows: parts.flatMap(trialRows),
    columns,
  })
  const stages = renderTable({
    head: ['stage', 'seconds'],
    rows: parts.flatMap(({ name, stages }) =>
      stages.map((stage) => [`${name}: ${stage.name}`, stage.seconds.toFixed(1)]),
    ),
    columns,
  })
  return [
    figures,
    '',
    'P@k: how often, in percent, the right product is among the first k products.',
    '',
    stages,
    '',
    `${seconds.toFixed(1)} s in all. Contact sheet: ${shownPath(sheet, cwd)}`,
  ].join('\n')
}

function trialRows({ name, encoder, trials }: DemoPart) {
  return trials.map(({ queries, gallery, figures }) => {
    const { p1, p5, p10, chance } = figures
    return [
      name,
      encoder.name,
      `${figures.queryCount} ${queries}`,
      `${figures.pictureCount} ${gallery} of ${figures.productCount} products`,
      ...[p1, p5, p10].map(percent),
      [chance.p1, chance.p5, chance.p10].map(percent).join(' / '),
    ]
  })
}

function howToGoOn(
  { sample }: DemoReport,
  { cwd, model }: { readonly cwd: string; readonly model: string | undefined },
): string[] {
  const root = findPackageRoot(import.meta.url).path
  const chosen = model === undefined ? [] : ['--model', findModel(model, cwd).place]
  const line = (...args: string[]) => vitrineLine([...args, ...chosen], { root, cwd })
  const { index, photo, video, time, box } = sample
  return [
    'Open the contact sheet in a browser. There is no app to open yet; go on with',
    `  ${line('search', photo, '--index', index)}`,
    `  ${line('search', video, '--time', time, '--box', box, '--index', index)}`,
    `or search your own shop: ${line('index', 'products.csv')}`,
  ]
}

const percent = (share: number): string => (share * 100).toFixed(1)
