import { invalidInput, type Rng } from '../../core/index.ts'
import type { HubPreprocessing, Preprocessing } from '../../data/index.ts'
import {
  importPictureNetwork,
  type NetworkSource,
  type PictureBatch,
} from '../../encoders/index.ts'
import { Linear, parametersOf, unitLength } from '../../nn/index.ts'
import type { Backbone, Normalisation } from './backbone.ts'
import type { ImportedBackbone } from './backbone-options.ts'

/**
 * Makes a network from elsewhere the backbone of a recipe.
 * @throws InvalidInput when it does not take the recipe's picture sizes, or has nothing to learn
 */
export async function importBackbone(options: {
  readonly network: ImportedBackbone
  readonly source: NetworkSource
  readonly rng: Rng
  /** Side of the pictures that it serves, in pixels. */
  readonly size: number
  readonly batches: readonly PictureBatch[]
}): Promise<Backbone> {
  const { network, source, rng, size, batches } = options
  const { trainable = 'all', batchNormalization = 'batch', rate = 1 } = network
  const preprocessing = preprocessingAt(size, source)
  const imported = await importPictureNetwork(source, { batches, trainable, batchNormalization })
  const learns = parametersOf(imported).size > 0
  if (!learns && network.dimension === undefined)
    throw invalidInput(
      `${source.name}: nothing of it would learn; say which layers are trainable, or give a dimension for a new layer on top`,
    )
  const head =
    network.dimension === undefined
      ? undefined
      : new Linear({ inputs: imported.dimension, outputs: network.dimension }, rng)
  const { name, hash: sha256 = '', licence = 'unknown' } = source
  return {
    dimension: network.dimension ?? imported.dimension,
    normalisation: normalisationOf(preprocessing),
    preprocessing,
    description: `${name}, whose weights were learned elsewhere (not random ones), fine-tuned`,
    origin: { model: name, sha256, licence },
    groups: learns ? [{ pattern: /(^|\.)imported\./, rate }] : [],
    learned: () => parametersOf({ imported, ...(head === undefined ? {} : { head }) }),
    apply(pictures, mode) {
      const features = imported.apply(pictures, mode)
      return unitLength(head === undefined ? features : head.apply(features))
    },
  }
}

/** The model's own preprocessing at the size that is served. */
function preprocessingAt(
  size: number,
  { name, preprocessing }: NetworkSource,
): Preprocessing | HubPreprocessing {
  if ('fit' in preprocessing) return { ...preprocessing, size }
  const { width, height } = { ...preprocessing.resize, ...preprocessing.crop } as {
    readonly width?: number
    readonly height?: number
  }
  if (width === size && height === size) return preprocessing
  throw invalidInput(
    width === undefined
      ? `${name}: its preprocessor_config.json neither crops nor stretches, so pictures have many shapes and cannot make a batch; take a model that has one size`
      : `${name}: its preprocessor_config.json makes pictures of ${width} x ${height}, the recipe serves ${size} x ${size}; give servedSize that size`,
  )
}

function normalisationOf(preprocessing: Preprocessing | HubPreprocessing): Normalisation {
  if ('fit' in preprocessing) return { mean: preprocessing.mean, std: preprocessing.std }
  const { factor, mean, std } = preprocessing
  const inUnits = (x: number): number => x / (255 * factor)
  return {
    mean: [inUnits(mean[0]), inUnits(mean[1]), inUnits(mean[2])],
    std: [inUnits(std[0]), inUnits(std[1]), inUnits(std[2])],
  }
}
