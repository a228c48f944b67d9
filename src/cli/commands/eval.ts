import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../../core/index.ts'
import {
  decodeAll,
  type EnsembleRetrieval,
  encodeViews,
  ensembleRanks,
  groceryIconic,
  groceryPhotos,
  type LabelledFile,
  type MeasuredWay,
  measureBaselines,
  measureEnsemble,
  searchWeights,
  viewings,
  weightsHeatMap,
} from '../../curation/index.ts'
import { readGroceryStore } from '../../data/index.ts'
import { membersOf } from '../../encoders/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { ensembleWeights } from '../../search/index.ts'
import { defineCommand } from '../command.ts'
import { evalPage, weightsPage } from '../eval-page.ts'
import { modelOptions, settingsOf } from '../model-options.ts'
import { openChosenEncoder } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'
import { weightsOption } from '../weights-option.ts'

/** Measures how well encoders find products in the Grocery Store data set. */
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
      line: 'eval --data shared/data/grocery --encoder a --encoder b --search-weights',
      what: 'the best weights of several encoders on the val photos',
    },
    {
      line: 'eval --data shared/data/grocery --encoder a --encoder b --weights a=0.6,b=0.4 --baselines',
      what: 'an ensemble, its members and other ways to use them',
    },
  ],
  options: z.object({
    data: z.string().describe('Grocery Store folder'),
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
      .describe('measure fused lists and pooled vectors beside the ensemble'),
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
  async run({ data, model, split: asked, encoder: encoders, ...options }, at) {
    const { cwd, env, signal, progress } = at
    const { tta, baselines, searchWeights: searching, gallery: galleryName } = options
    const split = asked ?? (searching ? 'val' : 'test')
    const count = encoders.length + (model === undefined ? 0 : 1)
    checkWish({ searching, baselines, split, encoders: count, tta })
    const store = await readGroceryStore(resolve(cwd, data))
    const settings = settingsOf(options)
    const pull = { env, progress, signal }
    const encoder = await openChosenEncoder({ model, encoders, settings, cwd, pull })
    try {
      const names = membersOf(encoder).map(({ name }) => name)
      const unweighed = names.map((name) => ({ name }))
      const weights = ensembleWeights(unweighed, options.weights)
      const decoding = { longestSide: Math.ceil(1.5 * encoder.pictureSize), progress, signal }
      const encode = async (files: readonly LabelledFile[], viewing: typeof tta) => {
        const { pictures, products } = await decodeAll(files, decoding)
        return { views: await encodeViews({ pictures, encoder, viewing, signal }), products }
      }
      const queries = await encode(groceryPhotos(store, split), tta)
      const retrievalIn = async (files: readonly LabelledFile[]): Promise<EnsembleRetrieval> => {
        const { views, products } = await encode(files, 'none')
        const asked = { queries: queries.views, queryLabels: queries.products }
        return { ...asked, gallery: views[0]!, galleryLabels: products }
      }
      const iconic = groceryIconic(store)
      const both = [...iconic, ...groceryPhotos(store, 'train')]
      if (searching) {
        const retrieval = await retrievalIn(galleryName === 'iconic' ? iconic : both)
        const found = searchWeights(retrieval, { ranksOf: ensembleRanks })
        const path = resolve(cwd, options.heatMap)
        await mkdir(dirname(path), { recursive: true })
        await writeFileAtomic(path, weightsHeatMap({ names, ...found }))
        return {
          data: { encoders: names, split, gallery: galleryName, tta, ...found, heatMap: path },
          render: () => `${weightsPage(names, found)}\n\nHeat map: ${shownPath(path, cwd)}`,
        }
      }
      const galleries: Record<string, RetrievalTable> = {}
      const ways: Record<string, readonly MeasuredWay[]> = {}
      for (const [name, files] of [
        ['iconic pictures', iconic],
        ['iconic pictures and train photos', both],
      ] as const) {
        const retrieval = await retrievalIn(files)
        const { ensemble, members } = measureEnsemble(retrieval, { names, weights })
        galleries[name] = ensemble
        ways[name] = [
          ...(names.length > 1 ? members : []),
          ...(baselines ? measureBaselines(retrieval, { weights }) : []),
        ]
      }
      const byName = Object.fromEntries(names.map((name, e) => [name, weights[e]!]))
      return {
        data: { encoder: encoder.name, split, tta, weights: byName, galleries, ways },
        render: () => evalPage(encoder.name, galleries, ways),
      }
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
}

function checkWish({ searching, baselines, split, encoders, tta }: Wish): void {
  if (searching && split !== 'val')
    throw invalidInput(
      'eval: weights are chosen on val photos, never on those they are measured with; leave out --split',
    )
  if ((searching || baselines) && encoders < 2)
    throw invalidInput(
      `eval: ${searching ? '--search-weights' : '--baselines'} needs several encoders, got ${Math.max(1, encoders)}; name each with --encoder`,
    )
  if (baselines && tta === 'max')
    throw invalidInput('eval: --baselines goes with --tta none or mean; leave out max')
}
