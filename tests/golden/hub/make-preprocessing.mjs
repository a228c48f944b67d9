// Golden pixels of transformers.js: npm install --no-save @huggingface/transformers, then
// node tests/golden/hub/make-preprocessing.mjs > tests/golden/hub/preprocessing.json
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AutoImageProcessor, env, RawImage } from '@huggingface/transformers'

env.allowRemoteModels = false
const clip = [
  [0.48145466, 0.4578275, 0.40821073],
  [0.26862954, 0.26130258, 0.27577711],
]
const half = [
  [0.5, 0.5, 0.5],
  [0.5, 0.5, 0.5],
]
const normalise = ([image_mean, image_std]) => ({ do_normalize: true, image_mean, image_std })
const configs = {
  clip: {
    image_processor_type: 'CLIPImageProcessor',
    feature_extractor_type: 'CLIPFeatureExtractor',
    do_resize: true,
    size: { shortest_edge: 8 },
    resample: 3,
    do_center_crop: true,
    crop_size: { width: 8, height: 8 },
    do_rescale: true,
    rescale_factor: 0.00392156862745098,
    ...normalise(clip),
  },
  'clip, sizes as numbers': {
    feature_extractor_type: 'CLIPFeatureExtractor',
    do_resize: true,
    size: 8,
    max_size: 20,
    resample: 3,
    do_center_crop: true,
    crop_size: 7,
    ...normalise(clip),
  },
  vit: {
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: 8, width: 8 },
    resample: 2,
    ...normalise(half),
  },
  dino: {
    image_processor_type: 'BitImageProcessor',
    do_resize: true,
    size: { shortest_edge: 10 },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: 8, width: 8 },
    ...normalise(clip),
  },
  'a crop beyond the picture': {
    image_processor_type: 'BitImageProcessor',
    do_resize: true,
    size: { shortest_edge: 7 },
    resample: 0,
    do_center_crop: true,
    crop_size: { height: 13, width: 14 },
    ...normalise(half),
  },
  siglip: {
    image_processor_type: 'SiglipImageProcessor',
    do_resize: true,
    size: { height: 9, width: 9 },
    resample: 1,
    do_rescale: true,
    rescale_factor: 0.00784313725490196,
    ...normalise(half),
  },
  convnext: {
    image_processor_type: 'ConvNextImageProcessor',
    do_resize: true,
    size: { shortest_edge: 8 },
    crop_pct: 0.875,
    resample: 3,
    ...normalise(clip),
  },
  'no normalising': {
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: 5, width: 6 },
    resample: 4,
    do_normalize: false,
  },
}
// x, y and c mixed by a formula that the test repeats.
export const pixel = (x, y, c) => (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 50) % 256
const pictures = [
  [23, 13],
  [11, 19],
  [8, 8],
]
const cases = []
for (const [name, config] of Object.entries(configs)) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'))
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(config))
  const processor = await AutoImageProcessor.from_pretrained(folder)
  for (const [width, height] of pictures) {
    const data = new Uint8ClampedArray(width * height * 3)
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) data[i++] = pixel(x, y, c)
    const { pixel_values } = await processor(new RawImage(data, width, height, 3))
    cases.push({
      name,
      width,
      height,
      shape: pixel_values.dims,
      base64: Buffer.from(pixel_values.data.buffer).toString('base64'),
    })
  }
}
process.stdout.write(`${JSON.stringify({ library: env.version, configs, cases })}\n`)
