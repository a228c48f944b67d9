import { z } from 'zod'
import { cancelled, notFound, whichName } from '../../core/index.ts'
import { devices } from '../../runtime/index.ts'
import { verificationSweeps } from '../../verification/index.ts'
import { defineCommand } from '../command.ts'
import { probeDevice } from '../doctor/probe-device.ts'
import { percent } from '../eval/percent.ts'
import { epochsOption, seedOption, threadsOption, wholeNumber } from '../number-options.ts'
import { renderTable } from '../render-table.ts'
import { type TrainedRecipe, trainRecipe } from '../verification/train-recipe.ts'

/** Trains recipes that belong together, each in its run folder; see docs/guides/verification.md. */
export const sweep = defineCommand({
  name: 'sweep',
  summary: 'Train several recipes that belong together, going on where it was stopped',
  examples: [
    {
      line: 'sweep verification/grid --data shared/data/lfw',
      what: 'the 4 x 3 grid of batch size and weight decay of paper 004',
    },
    {
      line: 'sweep verification/paper --data lfw --seed 2',
      what: 'the other experiments of the paper, with another seed',
    },
  ],
  positionals: ['name'],
  options: z.object({
    name: z.string().describe(`which recipes: ${Object.keys(verificationSweeps).join(', ')}`),
    data: z.string().describe('Labeled Faces in the Wild: the folder, or lfw'),
    seed: seedOption('of every chance'),
    epochs: epochsOption('instead of the recipes’'),
    pairs: wholeNumber(10, 1100)
      .optional()
      .describe('only so many pairs of each kind, to try something out'),
    device: z
      .enum(devices as ['cpu'])
      .default('cpu')
      .describe('where the graphs run'),
    threads: threadsOption('inside one operator'),
  }),
  async run({ name, device, threads, ...wish }, context) {
    const recipes = Object.hasOwn(verificationSweeps, name) ? verificationSweeps[name] : undefined
    if (recipes === undefined) {
      const names = Object.keys(verificationSweeps)
      throw notFound(`sweep: there is no sweep "${name}"; ${whichName(name, names)}`)
    }
    if (device !== 'cpu') await probeDevice(device)
    const session = { device, ...(threads === undefined ? {} : { threads }) }
    const done: TrainedRecipe[] = []
    for (const [i, recipe] of recipes.entries()) {
      context.log(`${i + 1} of ${recipes.length}: ${recipe.name}`)
      try {
        done.push(await trainRecipe(recipe, { ...wish, session }, context))
      } catch (error) {
        if (!context.signal.aborted) throw error
        throw cancelled(
          `sweep: stopped in ${recipe.name}, ${done.length} of ${recipes.length} are done; the same command goes on from there`,
          { cause: error },
        )
      }
    }
    return {
      data: done.map(({ recipe, folder, run }) => ({ recipe, folder, ...run })),
      render: () =>
        renderTable({
          head: [
            'recipe',
            'accuracy',
            'area under ROC',
            'equal errors',
            'loss',
            'epoch',
            'seconds',
          ],
          rows: done.map(({ recipe, run: { metrics, bestEpoch, seconds } }) => [
            recipe,
            ...[
              metrics.validationAccuracy,
              metrics.validationAreaUnderRoc,
              metrics.validationEqualErrorRate,
            ].map((share = 0) => percent(share)),
            (metrics.validationLoss ?? 0).toFixed(4),
            bestEpoch,
            seconds,
          ]),
        }),
    }
  },
})
