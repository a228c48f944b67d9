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
import { type Preprocessing, readGroceryStore } from '../../data/index.ts'
import { joinEncoders, membersOf, openEncoder, type PictureEncoder } from '../../encoders/index.ts'
import type { RetrievalTable } from '../../metrics/index.ts'
import { ensembleWeights } from '../../search/index.ts'
import { defineCommand } from '../command.ts'
import { evalPage, weightsPage } from '../eval-page.ts'
import { encoderDescription, openChosenEncoder } from '../shipped-encoder.ts'
import { shownPath } from '../shown-path.ts'
import { weightsOption } from '../weights-option.ts'

/** Measures how well encoders find products in the Grocery Store data set. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Measure how well an encoder finds products',
  examples: [
    { line: 'eval --data shared/data/grocery', what: 'the shipped encoder on the test photos' },
    {
      line: 'eval --data shared/data/grocery --model mobilenet.onnx --size 224',
      what: 'any ONNX file from [N, 3, 224, 224] to vectors',
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
    model: z
      .string()
      .optional()
      .describe('model folder, name of a shipped one or .onnx file; default: grocery-triplet'),
    encoder: z.array(z.string()).default([]).describe(encoderDescription),
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
    size: z.coerce.number().int().min(8).max(4096).default(224).describe('pixels, for .onnx files'),
    mean: z.coerce.number().default(0.5).describe('of the channels in [0, 1], for .onnx files'),
    std: z.coerce.number().positive().default(0.5).describe('of the channels, for .onnx files'),
  }),
  async run({ data, model, split: asked, size, mean, std, ...options }, at) {
    const { cwd, signal, progress } = at
    const { tta, baselines, searchWeights: searching, gallery: galleryName } = options
    const split = asked ?? (searching ? 'val' : 'test')
    const named = [...(model === undefined ? [] : [model]), ...options.encoder]
    checkWish({ searching, baselines, split, encoders: named.length, tta })
    const store = await readGroceryStore(resolve(cwd, data))
    const preprocessing: Preprocessing = {
      size,
      fit: 'stretch',
      mean: [mean, mean, mean],
      std: [std, std, std],
    }
    const encoder = await openNamed(named, cwd, preprocessing)
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
      const rescues: Record<string, number> = {}
      for (const [name, files] of [
        ['iconic pictures', iconic],
        ['iconic pictures and train photos', both],
      ] as const) {
        const retrieval = await retrievalIn(files)
        const { ensemble, members, rescued } = measureEnsemble(retrieval, { names, weights })
        galleries[name] = ensemble
        if (names.length > 1) rescues[name] = rescued
        ways[name] = [
          ...(names.length > 1 ? members : []),
          ...(baselines ? measureBaselines(retrieval, { weights }) : []),
        ]
      }
      const byName = Object.fromEntries(names.map((name, e) => [name, weights[e]!]))
      return {
        data: { encoder: encoder.name, split, tta, weights: byName, galleries, ways, rescues },
        render: () => evalPage({ encoder: encoder.name, galleries, ways, rescues }),
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

/** A plain .onnx file says nothing about how pictures are made ready for it. */
async function openNamed(
  named: readonly string[],
  cwd: string,
  preprocessing: Preprocessing,
): Promise<PictureEncoder> {
  if (named.length === 0) return openChosenEncoder({ cwd })
  const opened: PictureEncoder[] = []
  try {
    for (const model of named)
      opened.push(
        model.toLowerCase().endsWith('.onnx')
          ? await openEncoder(resolve(cwd, model), preprocessing)
          : await openChosenEncoder({ model, cwd }),
      )
    return joinEncoders(opened)
  } catch (error) {
    await Promise.all(opened.map((encoder) => encoder.close()))
    throw error
  }
}
