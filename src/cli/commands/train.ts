import { join, resolve } from 'node:path'
import { z } from 'zod'
import { rngFromSeed } from '../../core/index.ts'
import {
  decodedSide,
  findRetrievalFiles,
  fitEpochs,
  loadRetrievalSet,
  sampleShopFiles,
  trainRetriever,
} from '../../curation/index.ts'
import { devices } from '../../runtime/index.ts'
import type { TrainingEstimate } from '../../train/index.ts'
import { verificationRecipes } from '../../verification/index.ts'
import { defineCommand } from '../command.ts'
import { dataPath } from '../data-home.ts'
import { probeDevice } from '../doctor/probe-device.ts'
import { networkOptions, settingsOf } from '../model-options.ts'
import { epochsOption, seedOption, threadsOption } from '../number-options.ts'
import { openTextEncoder } from '../open-text-encoder.ts'
import { findChosenNetwork } from '../shipped-encoder.ts'
import { chooseRecipe, usualRecipe } from '../train/choose-recipe.ts'
import { describeEstimate } from '../train/describe-estimate.ts'
import { assertNothingElse, trainedResult, trainRecipe } from '../verification/train-recipe.ts'
import { webOptions, webPictures } from '../web-options.ts'

/** Trains a retriever by a recipe; see docs/guides/training.md. */
export const train = defineCommand({
  name: 'train',
  summary: 'Train an encoder on a catalogue, or a verifier on pairs of faces',
  examples: [
    {
      line: 'train --data shared/data/grocery',
      what: 'the shipped recipe on the Grocery Store photos',
    },
    {
      line: 'train curation/sample-shop-triplet --data sample-shop',
      what: 'the demo’s encoder, on sample shops that are made by code',
    },
    {
      line: 'train curation/grocery-attributes --data shared/data/grocery',
      what: 'learn what is said of the products; word vectors are fetched once',
    },
    {
      line: 'train curation/grocery-mobilenet --model file:mobilenet.onnx --data shared/data/grocery',
      what: 'fine-tune a network from elsewhere',
    },
    {
      line: 'train ./mine.ts --data products.csv',
      what: 'by a recipe file of your own, which is code that is run',
    },
    {
      line: 'train --data products.csv --seed 2 --out runs/mine',
      what: 'on your own catalogue; the same command goes on after a Ctrl-C',
    },
    {
      line: 'train verification/siamese-final --data shared/data/lfw',
      what: 'the final network of paper 004, on pairs of faces',
    },
  ],
  positionals: ['recipe'],
  options: z.object({
    recipe: z
      .string()
      .optional()
      .describe(
        'recipe by name, or path of a recipe file (which is run); default: curation/own-catalogue, or the one made for that data set',
      ),
    data: z
      .string()
      .describe('a catalogue: CSV, JSONL or folder; a public data set; or sample-shop'),
    out: z.string().optional().describe('run folder; default runs/<recipe>-seed<seed>'),
    seed: seedOption('of every chance'),
    epochs: epochsOption('instead of the recipe’s'),
    text: z
      .string()
      .optional()
      .describe('encoder of attributes: words, or a model with a tower for texts, hf:owner/name'),
    model: z
      .string()
      .optional()
      .describe(
        'network to fine-tune, for recipes that do: file:path.onnx, hf:owner/name, npm:package@version/path, a model folder or a shipped model',
      ),
    ...networkOptions,
    ...webOptions,
    device: z
      .enum(devices as ['cpu'])
      .default('cpu')
      .describe('where the graph runs'),
    threads: threadsOption('inside one operator'),
  }),
  async run({ recipe: named, data, out, seed, epochs, text, model, ...rest }, context) {
    const { device, threads } = rest
    const session = { device, ...(threads === undefined ? {} : { threads }) }
    const isVerifier = named !== undefined && Object.hasOwn(verificationRecipes, named)
    const verifier = isVerifier ? verificationRecipes[named] : undefined
    if (named !== undefined && verifier !== undefined) {
      assertNothingElse(named, { text, model })
      if (device !== 'cpu') await probeDevice(device)
      return trainedResult(
        await trainRecipe(verifier, { data, out, seed, epochs, session }, context),
      )
    }
    const { signal, progress, cwd, env } = context
    const settings = settingsOf(rest)
    const path = data === 'sample-shop' ? undefined : dataPath(data, context)
    const name = named ?? (await usualRecipe(path))
    const chosen = await chooseRecipe({ name, cwd, epochs, text, model, settings })
    const pull = { env, progress, signal }
    // What may be missing is asked for before minutes of decoding.
    if (device !== 'cpu') await probeDevice(device)
    const { network } = chosen
    const source =
      network.kind === 'imported'
        ? await findChosenNetwork(network.model!, { cwd, settings: network.settings ?? {}, pull })
        : undefined
    const files =
      path === undefined
        ? await sampleShopFiles({ folder: resolve(cwd, '.vitrine/sample-shops'), progress, signal })
        : await findRetrievalFiles(path, rngFromSeed(seed).fork('validation'), {
            web: webPictures(rest, context),
            signal,
            cataloguePicturesOnly: chosen.cataloguePicturesOnly === true,
          })
    const recipe = fitEpochs(chosen, files)
    context.log(
      `${recipe.name}: ${files.train.length} pictures of ${new Set(files.train.map(({ product }) => product)).size} products to learn from, ${files.validation.length} to validate by; the first steps will say how long it takes`,
    )
    const set = await loadRetrievalSet(files, {
      longestSide: decodedSide(recipe),
      progress,
      signal,
    })
    const folder = resolve(cwd, out ?? join('runs', `${recipe.name}-seed${seed}`))
    let estimate: TrainingEstimate | undefined
    const result = await trainRetriever({
      recipe,
      seed,
      set,
      dataName: files.name,
      folder,
      openText: (text) => openTextEncoder(text, { cwd, pull }),
      ...(source === undefined ? {} : { source }),
      session,
      progress,
      estimated(found) {
        estimate = found
        context.log(`training takes ${describeEstimate(found)}`)
      },
      signal,
    })
    const { bestEpoch, best, seconds, stoppedEarly } = result
    return {
      data: { folder, bestEpoch, ...best.metrics, seconds, stoppedEarly, estimate },
      render: () =>
        [
          `${folder}`,
          `best epoch ${bestEpoch}: validation P@1 ${percent(best.metrics.validationP1)}, P@5 ${percent(best.metrics.validationP5)}`,
          `trained for ${Math.round(seconds)} s${stoppedEarly ? ', stopped early' : ''}; curve.svg and model/ are in the folder`,
        ].join('\n'),
    }
  },
})

const percent = (share: number | undefined): string => ((share ?? 0) * 100).toFixed(1)
