import { z } from 'zod'
import { invalidInput } from '../../core/index.ts'
import { viewings } from '../../curation/index.ts'
import { membersOf } from '../../encoders/index.ts'
import { ensembleWeights } from '../../search/index.ts'
import { defineCommand } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { measureFashion } from '../eval/measure-fashion.ts'
import { measureGrocery } from '../eval/measure-grocery.ts'
import { readEvalData } from '../eval/read-eval-data.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { seedOption } from '../number-options.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'
import { weightsOption } from '../weights-option.ts'

/** Measures how well encoders find products in a public data set; see docs/guides/data.md. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model file:mobilenet.onnx --mean 0.5 --std 0.5',
      what: 'any ONNX file from pictures to vectors',
    },
    {
      line: 'eval --data shared/data/fashion',
      what: 'products of the same type and colour, and products by a distorted photo',
    },
    {
      line: 'eval --data shared/data/grocery --encoder a --encoder b --search-weights',
      what: 'the best weights of several encoders on the val photos',
    },
    {
      line: 'eval --data shared/data/grocery --encoder a --encoder b --weights a=0.6,b=0.4 --baselines',
      what: 'an ensemble, its members and other ways to use them',
    },
  ],
  options: z.object({
    data: z
      .string()
      .describe('Grocery Store or Fashion Product Images: the folder, or grocery or fashion'),
    seed: seedOption('of the distorted photos of Fashion Product Images'),
    weights: weightsOption
      .optional()
      .describe('how much each encoder counts, by its name: a=0.6,b=0.4; default: alike'),
    tta: z
      .enum(viewings)
      .default('none')
      .describe('mean or largest score over views: as it is, mirrored, and the middle of both'),
    baselines: z
      .boolean()
      .default(false)
      .describe(
        'measure fused lists and pooled vectors too, their settings chosen on the val photos',
      ),
    searchWeights: z
      .boolean()
      .default(false)
      .describe('try all weights in steps of 0.1 on the val photos'),
    gallery: z
      .enum(['iconic', 'photos'])
      .default('iconic')
      .describe('for --search-weights: iconic pictures, or these and the train photos'),
    heatMap: z
      .string()
      .regex(/\.svg$/i, 'wanted a file name that ends in .svg')
      .default('weights.svg')
      .describe('for --search-weights: where the map of P@5 goes'),
    split: z
      .enum(['val', 'test'])
      .optional()
      .describe('photos that are the queries; default: test, to search weights val'),
    ...modelOptions,
  }),
  async run({ data, weights, ...options }, at) {
    const { model, encoder: named, tta, baselines, searchWeights: searching } = options
    const split = options.split ?? (searching ? 'val' : 'test')
    const count = named.length + (model === undefined ? 0 : 1)
    checkWish({ searching, baselines, split, encoders: count, tta, weighed: weights !== undefined })
    const set = await readEvalData(dataPath(data, at))
    if (set.kind === 'fashion') refuseOnFashion({ searching, baselines, tta })
    const encoder = await openChosenEncoder(encoderChoice(options, at))
    try {
      const names = membersOf(encoder).map(({ name }) => name)
      const lambda = ensembleWeights(
        names.map((name) => ({ name })),
        weights,
      )
      const measuring = { ...options, encoder, names, weights: lambda, split }
      return await (set.kind === 'fashion'
        ? measureFashion(set.fashion, measuring, at)
        : measureGrocery(set.store, measuring, at))
    } finally {
      await encoder.close()
    }
  },
})

interface Wish {
  readonly searching: boolean
  readonly baselines: boolean
  readonly split: string
  readonly encoders: number
  readonly tta: string
  /** Whether weights are given. */
  readonly weighed: boolean
}

function checkWish({ searching, baselines, split, encoders, tta, weighed }: Wish): void {
  if (searching && split !== 'val')
    throw invalidInput(
      'eval: weights are chosen on val photos, never on those they are measured with; leave out --split',
    )
  if (searching && weighed)
    throw invalidInput('eval: --search-weights tries all weights; leave out it or --weights')
  if ((searching || baselines) && encoders < 2)
    throw invalidInput(
      `eval: ${searching ? '--search-weights' : '--baselines'} needs several encoders, got ${Math.max(1, encoders)}; name each with --encoder`,
    )
  if (baselines && tta === 'max')
    throw invalidInput('eval: --baselines goes with --tta none or mean; leave out max')
}

function refuseOnFashion(wish: Pick<Wish, 'searching' | 'baselines' | 'tta'>): void {
  if (wish.searching || wish.baselines || wish.tta !== 'none')
    throw invalidInput(
      'eval: --search-weights, --baselines and --tta are measured on the Grocery Store alone; leave them out for Fashion Product Images',
    )
}
