import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../core/index.ts'
import { errorRates, pairAccuracy } from '../../metrics/index.ts'
import {
  type Calibration,
  calibratedProbability,
  chooseThreshold,
  errorReport,
  type MeasuredPairs,
  measurePairs,
  rocChart,
  scoreHistogram,
  writeCalibration,
} from '../../verification/index.ts'
import { defineCommand } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { percent } from '../eval/percent.ts'
import { exitCodes } from '../exit-codes.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { seedOption, threadsOption } from '../number-options.ts'
import { renderTable } from '../render-table.ts'
import { shownPath } from '../shown-path.ts'
import { openChosenVerifier } from '../verification/open-verifier.ts'
import { readPairLists } from '../verification/pair-lists.ts'

const { encoder: _, ...oneModel } = modelOptions

/** Finds what scores of a model mean on validation pairs, and its errors on test pairs. */
export const calibrate = defineCommand({
  name: 'calibrate',
  summary:
    'Find what the scores of a model mean, on pairs of faces or products, and report its errors',
  examples: [
    {
      line: 'calibrate --data shared/data/grocery --out calibration.json',
      what: 'the shipped encoder, on photos of the same and of other products',
    },
    {
      line: 'calibrate --data lfw --model runs/siamese-final-seed1/model --report report',
      what: 'the errors of a verifier as a page with pictures, ROC and scores',
    },
  ],
  options: z.object({
    data: z
      .string()
      .describe('Labeled Faces in the Wild or Grocery Store: the folder, or lfw or grocery'),
    falseMatchRate: z.coerce
      .number()
      .gt(0)
      .max(0.5)
      .optional()
      .describe(
        'how often the threshold may take two for one; default: the most accurate threshold',
      ),
    out: z.string().optional().describe('where the calibration goes, for "vitrine verify"'),
    report: z.string().optional().describe('folder for index.html, roc.svg and scores.svg'),
    seed: seedOption('of the pairs of the Grocery Store'),
    threads: threadsOption('inside one operator'),
    ...oneModel,
  }),
  async run({ data, falseMatchRate, out, report, seed, ...options }, context) {
    const { cwd, progress, signal } = context
    const pairs = await readPairLists(dataPath(data, context), seed)
    const verifier = await openChosenVerifier({
      ...encoderChoice(options, context),
      face: 'middle',
      calibrated: false,
    })
    try {
      const validation = await measurePairs(verifier, pairs.validation, { progress, signal })
      const calibration: Calibration = {
        data: `${pairs.name}, ${validation.scored.length} validation pairs`,
        model: verifier.hash,
        ...validation.scores,
      }
      const threshold = chooseThreshold(calibration, { falseMatchRate })
      const path = out === undefined ? undefined : resolve(cwd, out)
      if (path !== undefined) {
        await mkdir(dirname(path), { recursive: true })
        await writeCalibration(path, calibration)
      }
      const test = await measurePairs(verifier, pairs.test, { progress, signal })
      const folder = report === undefined ? undefined : resolve(cwd, report)
      if (folder !== undefined)
        await writeReport(folder, {
          title: `${verifier.name} on ${pairs.name}`,
          measured: test,
          threshold: threshold.score,
          thresholdFrom: wordsFor(falseMatchRate, validation),
          probability: calibratedProbability(calibration),
        })
      const found = {
        validation: figures(validation, threshold.score),
        test: figures(test, threshold.score),
      }
      const skipped = [...validation.skipped, ...test.skipped]
      return {
        data: {
          model: verifier.name,
          data: pairs.name,
          threshold: threshold.score,
          ...found,
          skipped,
          calibration: path,
          report: folder,
        },
        exitCode: skipped.length === 0 ? exitCodes.ok : exitCodes.someSkipped,
        render: () =>
          [
            page(found, threshold.score),
            ...(skipped.length === 0
              ? []
              : [
                  `Skipped ${skipped.length}, the first: ${skipped[0]!.place}: ${skipped[0]!.reason}`,
                ]),
            ...(folder === undefined
              ? []
              : [`Report: ${shownPath(join(folder, 'index.html'), cwd)}`]),
            ...(path === undefined ? [] : [`Calibration: ${shownPath(path, cwd)}`]),
          ].join('\n'),
      }
    } finally {
      await verifier.close()
    }
  },
})

type Figures = ReturnType<typeof figures>

function figures({ scores, scored, droppedPairs, ...areas }: MeasuredPairs, threshold: number) {
  const { areaUnderRoc, equalErrorRate } = areas
  return {
    pairs: scored.length,
    droppedPairs,
    accuracy: pairAccuracy(scores, threshold),
    areaUnderRoc,
    equalErrorRate,
    ...errorRates(scores, threshold),
  }
}

function page(found: Readonly<Record<'validation' | 'test', Figures>>, threshold: number): string {
  const table = renderTable({
    head: [
      'pairs of',
      'pairs',
      'accuracy',
      'area under ROC',
      'equal errors',
      'false matches',
      'false non-matches',
    ],
    rows: Object.entries(found).map(([name, f]) => [
      name,
      f.pairs,
      ...[f.accuracy, f.areaUnderRoc, f.equalErrorRate, f.falseMatchRate, f.falseNonMatchRate].map(
        percent,
      ),
    ]),
  })
  return `${table}\n\nThe threshold ${threshold.toFixed(4)} was chosen on the validation pairs; figures in percent.`
}

const wordsFor = (rate: number | undefined, { scored }: MeasuredPairs): string =>
  rate === undefined
    ? `the most accurate one on ${scored.length} validation pairs`
    : `the lowest that took at most ${percent(rate)} % of two for one on ${scored.length} validation pairs`

async function writeReport(
  folder: string,
  report: Parameters<typeof errorReport>[0],
): Promise<void> {
  const { measured, threshold } = report
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, 'index.html'), await errorReport(report))
  await writeFileAtomic(
    join(folder, 'roc.svg'),
    rocChart(measured.scores, { title: 'ROC', at: errorRates(measured.scores, threshold) }),
  )
  await writeFileAtomic(
    join(folder, 'scores.svg'),
    scoreHistogram(measured.scores, { title: 'Scores', threshold }),
  )
}
