// Golden vectors of transformers.js for the folder of tests/support/two-tower-folder.ts:
// npm install --no-save @huggingface/transformers, then
// node tests/golden/hub/make-two-tower.mjs FOLDER > tests/golden/hub/two-tower.json
import {
  AutoImageProcessor,
  AutoTokenizer,
  CLIPTextModelWithProjection,
  CLIPVisionModelWithProjection,
  env,
  RawImage,
} from '@huggingface/transformers'

env.allowRemoteModels = false
const folder = process.argv[2]
const texts = [
  'green apple',
  'A  Dark RED, apple!',
  'yellow',
  'zebra',
]
const tokenizer = await AutoTokenizer.from_pretrained(folder)
const batch = tokenizer(texts, { padding: true, truncation: true })
const textTower = await CLIPTextModelWithProjection.from_pretrained(folder, { dtype: 'fp32' })
const { text_embeds } = await textTower(batch)

const [width, height] = [14, 9]
const data = new Uint8ClampedArray(width * height * 3)
for (let y = 0, i = 0; y < height; y++)
  for (let x = 0; x < width; x++)
    for (let c = 0; c < 3; c++) data[i++] = (x * 5 + y * 3 + c * 70) % 256
const processor = await AutoImageProcessor.from_pretrained(folder)
const pictureTower = await CLIPVisionModelWithProjection.from_pretrained(folder, { dtype: 'fp32' })
const { image_embeds } = await pictureTower(await processor(new RawImage(data, width, height, 3)))

const rows = (tensor) => tensor.tolist().map((row) => row.map(Number))
const golden = {
  library: env.version,
  texts,
  ids: rows(batch.input_ids),
  mask: rows(batch.attention_mask),
  textVectors: rows(text_embeds),
  picture: { width, height },
  pictureVectors: rows(image_embeds),
}
process.stdout.write(`${JSON.stringify(golden)}\n`)
