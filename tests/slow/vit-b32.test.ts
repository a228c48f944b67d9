import { expect, test } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import { importNetwork, Linear } from '../../src/nn/index.ts'
import { readModel } from '../../src/onnx/index.ts'
import { clipVision, vitB32 } from '../support/exporter/vision.ts'
import { fineTune, labelsOf } from '../support/fine-tune.ts'
import { random } from '../support/random-tensor.ts'

// The layout and size of CLIP's picture tower, with random weights.
test('ViT-B/32 is read, measured and trained, every weight of it, in less than 4 GB', async () => {
  const graph = await readModel(clipVision(vitB32, { rng: rngFromSeed(1) }))
  const network = await importNetwork(graph, {
    inputs: { pixel_values: [8, 3, 224, 224] },
    output: 'image_embeds',
  })
  const sizes = [...network.parameters.values()].map(({ data }) => data.length)
  // as many as the published tower has
  expect(sizes.reduce((a, b) => a + b)).toBe(87_849_216)
  // all values of such a batch together would take 12 GB
  await network.measure({ pixel_values: [64, 3, 224, 224] })
  const batch = {
    pixel_values: random('float32', [8, 3, 224, 224], rngFromSeed(3)),
    labels: labelsOf(0, 1, 2, 3, 0, 1, 2, 3),
  }
  const { losses, updates } = await fineTune({
    network,
    head: new Linear({ inputs: vitB32.project, outputs: 4 }, rngFromSeed(2)),
    batch: () => batch,
    steps: 4,
    rate: 3e-6,
  })
  expect(updates).toHaveLength(3 * (sizes.length + 2))
  expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1]!)).toBe(true)
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(4e9)
})
