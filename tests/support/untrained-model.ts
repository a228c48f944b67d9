import { rngFromSeed } from '../../src/core/index.ts'
import { writeModelFolder } from '../../src/encoders/index.ts'
import { CompactConvNet, parametersOf } from '../../src/nn/index.ts'
import { input, writeModel } from '../../src/onnx/index.ts'

/**
 * Writes a model folder with an encoder as it is before training: tiny and quick, and already able
 * to tell pictures of plainly different colours apart.
 */
export async function writeUntrainedModel(
  folder: string,
  { seed = 1, size = 32 }: { readonly seed?: number; readonly size?: number } = {},
): Promise<void> {
  const options = { widths: [8, 16], blocks: [1], dimension: 32 }
  const network = new CompactConvNet(options, rngFromSeed(seed).fork('weights'))
  const pictures = input('pictures', [1, 3, size, size])
  const vectors = network.apply(pictures, { kind: 'inference' })
  const parameterNames = new Map([...parametersOf(network)].map(([name, p]) => [p, name]))
  await writeModelFolder(folder, {
    model: writeModel({ vectors }, { freeBatch: 'N', parameterNames }),
    card: {
      name: `untrained-${seed}`,
      version: '1',
      job: 'curation',
      modality: 'picture',
      description: 'random weights, for tests',
      dimension: options.dimension,
      preprocessing: { size, fit: 'stretch', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      recipe: {},
      seed,
      data: { description: 'none', pictures: 0, sha256: '' },
      metrics: {},
      licence: 'MIT',
    },
  })
}
