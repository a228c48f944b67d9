// Golden outputs of TensorFlow.js for small graph models:
// npm install --no-save @tensorflow/tfjs, then
// node tests/golden/tfjs/make-graphs.mjs > tests/golden/tfjs/graphs.json
import * as tf from '@tensorflow/tfjs'

await tf.setBackend('cpu')
let seed = 1
const random = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}
const uniform = (n) => Array.from({ length: n }, () => Math.round(2000 * random() - 1000) / 500)
const size = (shape) => shape.reduce((a, b) => a * b, 1)

const s = (text) => ({ s: Buffer.from(text).toString('base64') })
const list = (i) => ({ list: { i: i.map(String) } })
const names = (texts) => ({ list: { s: texts.map((text) => s(text).s) } })
const int = (i) => ({ i: String(i) })
const yes = { b: true }
const T = { T: { type: 'DT_FLOAT' } }
const window = ({ strides = [1, 1], dilations = [1, 1], padding = 'SAME', pads }) => ({
  ...T,
  strides: list([1, ...strides, 1]),
  dilations: list([1, ...dilations, 1]),
  padding: s(padding),
  explicit_paddings: pads === undefined ? { list: {} } : list([0, 0, ...pads, 0, 0]),
  data_format: s('NHWC'),
})

/** A graph under construction: every method adds a node and returns its name. */
function graph(inputShape, dtype = 'float32') {
  const nodes = []
  const weights = []
  const parts = []
  const add = (name, op, input = [], attr = {}) => {
    nodes.push({ name, op, input, attr })
    return name
  }
  const type = { float32: 'DT_FLOAT', int32: 'DT_INT32' }
  const dim = inputShape.map((n) => ({ size: String(n) }))
  add('x', 'Placeholder', [], { dtype: { type: type[dtype] }, shape: { shape: { dim } } })
  return {
    add,
    /** Float weights; stored quantised where that is said. */
    weight(name, shape, { data = uniform(size(shape)), stored, dtype = 'float32' } = {}) {
      const entry = { name, shape, dtype }
      if (stored === undefined) {
        weights.push(entry)
        parts.push(new Uint8Array((dtype === 'int32' ? Int32Array : Float32Array).from(data).buffer))
      } else if (stored === 'float16') {
        weights.push({ ...entry, quantization: { dtype: stored } })
        parts.push(new Uint8Array(Uint16Array.from(data, halfBits).buffer))
      } else {
        const most = stored === 'uint8' ? 255 : 65535
        const min = Math.min(...data)
        const scale = (Math.max(...data) - min) / most
        weights.push({ ...entry, quantization: { dtype: stored, scale, min } })
        const array = stored === 'uint8' ? Uint8Array : Uint16Array
        parts.push(new Uint8Array(array.from(data, (v) => Math.round((v - min) / scale)).buffer))
      }
      return add(name, 'Const')
    },
    ints(name, data, shape = [data.length]) {
      return this.weight(name, shape, { data, dtype: 'int32' })
    },
    async run(title, outputs, fed) {
      const bytes = Buffer.concat(parts)
      const shape = inputShape.map((n) => (n === -1 ? 2 : n))
      const data = fed ?? uniform(size(shape))
      const signature = { outputs: Object.fromEntries(outputs.map((o) => [`${o}:0`, { name: `${o}:0` }])) }
      const modelTopology = { node: nodes, library: {}, versions: {} }
      const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
      const model = await tf.loadGraphModel({
        load: async () => ({ modelTopology, weightSpecs: weights, weightData, signature }),
      })
      const result = model.execute(tf.tensor(data, shape, dtype), outputs)
      const tensors = Array.isArray(result) ? result : [result]
      return {
        title,
        model: {
          format: 'graph-model',
          signature,
          modelTopology,
          weightsManifest: [{ paths: ['weights.bin'], weights }],
        },
        weights: bytes.toString('base64'),
        fed: { shape, dtype, data },
        outputs: Object.fromEntries(
          tensors.map((t, i) => [
            outputs[i],
            { shape: t.shape, data: Array.from(t.dataSync(), (v) => Number(v.toPrecision(8))) },
          ]),
        ),
      }
    },
  }
}

/** A number that half precision holds, as its bits (no subnormals but these few). */
function halfBits(x) {
  const [bits] = new Uint32Array(Float32Array.of(x).buffer)
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 255) - 112
  const fraction = (bits >>> 13) & 1023
  if (exponent >= 31) return sign | 0x7c00
  if (exponent > 0) return sign | (exponent << 10) | fraction
  return exponent < -10 ? sign : sign | ((fraction | 1024) >> (1 - exponent))
}

async function convolutions() {
  const g = graph([1, 7, 6, 3])
  g.weight('w3', [3, 3, 3, 4])
  g.weight('w2', [2, 4, 3, 2])
  g.weight('b4', [4])
  g.weight('slopes', [1, 1, 4])
  const fused = (fused_ops, more) => ({ ...window(more), fused_ops: names(fused_ops), num_args: int(1) })
  g.add('plain', 'Conv2D', ['x', 'w3'], window({ strides: [2, 2] }))
  g.add('even', 'Conv2D', ['x', 'w2'], window({ strides: [2, 1] }))
  g.add('wide', 'Conv2D', ['x', 'w3'], window({ dilations: [2, 2] }))
  g.add('valid', 'Conv2D', ['x', 'w3'], window({ padding: 'VALID', strides: [2, 1] }))
  g.add('explicit', 'Conv2D', ['x', 'w3'], window({ padding: 'EXPLICIT', pads: [0, 2, 1, 0] }))
  g.add('relu6', '_FusedConv2D', ['x', 'w3', 'b4'], fused(['BiasAdd', 'Relu6'], {}))
  g.add('prelu', '_FusedConv2D', ['x', 'w3', 'b4', 'slopes'], {
    ...fused(['BiasAdd', 'Prelu'], { strides: [2, 2] }),
    num_args: int(2),
  })
  g.add('leaky', '_FusedConv2D', ['x', 'w3', 'b4'], {
    ...fused(['BiasAdd', 'LeakyRelu'], {}),
    leakyrelu_alpha: { f: 0.3 },
  })
  g.add('elu', '_FusedConv2D', ['x', 'w3', 'b4'], fused(['BiasAdd', 'Elu'], {}))
  g.add('after', 'Conv2D', ['relu6', g.weight('w1', [1, 1, 4, 2])], window({}))
  const all = ['plain', 'even', 'wide', 'valid', 'explicit', 'relu6', 'prelu', 'leaky', 'elu', 'after']
  return g.run('convolutions', all)
}

async function depthwise() {
  const g = graph([1, 6, 5, 3])
  g.weight('w', [3, 3, 3, 2])
  g.weight('b', [6])
  g.add('twice', 'DepthwiseConv2dNative', ['x', 'w'], window({ strides: [2, 2] }))
  g.add('biased', 'FusedDepthwiseConv2dNative', ['x', 'w', 'b'], {
    ...window({ padding: 'VALID' }),
    fused_ops: names(['BiasAdd', 'Relu']),
    num_args: int(1),
  })
  g.add('wide', 'DepthwiseConv2dNative', ['x', 'w'], window({ dilations: [2, 2] }))
  return g.run('depthwise convolutions', ['twice', 'biased', 'wide'])
}

async function pictures() {
  const g = graph([1, 5, 7, 4])
  const pool = (k, more) => ({ ...window(more), ksize: list([1, ...k, 1]) })
  g.add('max', 'MaxPool', ['x'], pool([3, 2], { strides: [2, 2] }))
  g.add('mean', 'AvgPool', ['x'], pool([3, 3], { strides: [2, 2] }))
  g.add('valid', 'MaxPool', ['x'], pool([2, 2], { strides: [2, 2], padding: 'VALID' }))
  g.add('padded', 'Pad', ['x', g.ints('pads', [0, 0, 1, 0, 0, 2, 0, 3], [4, 2])], T)
  g.ints('larger', [8, 9])
  g.add('half', 'ResizeBilinear', ['x', 'larger'], { ...T, half_pixel_centers: yes })
  g.add('corners', 'ResizeBilinear', ['x', 'larger'], { ...T, align_corners: yes })
  g.add('edge', 'ResizeBilinear', ['x', g.ints('smaller', [3, 4])], T)
  g.add('blocks', 'DepthToSpace', ['x'], { ...T, block_size: int(2), data_format: s('NHWC') })
  g.add('beside', 'ConcatV2', ['x', 'half_c', g.ints('last', [3], [])], { ...T, N: int(2) })
  g.add('half_c', 'Relu', ['x'], T)
  g.add('below', 'ConcatV2', ['x', 'half_c', g.ints('first', [-3], [])], { ...T, N: int(2) })
  return g.run('pictures', [
    'max', 'mean', 'valid', 'padded', 'half', 'corners', 'edge', 'blocks', 'beside', 'below',
  ])
}

async function broadcasting() {
  const g = graph([1, 3, 4, 5])
  g.weight('one', [])
  g.weight('channels', [5])
  g.weight('place', [3, 4, 1])
  g.weight('whole', [1, 1, 4, 5])
  g.add('scaled', 'Mul', ['x', 'channels'], T)
  g.add('turned', 'Sub', ['channels', 'scaled'], T)
  g.add('placed', 'AddV2', ['place', 'turned'], T)
  g.add('shared', 'RealDiv', ['placed', 'whole'], T)
  g.add('low', 'Minimum', ['shared', 'one'], T)
  g.add('high', 'Maximum', ['low', 'channels'], T)
  g.add('squared', 'SquaredDifference', ['high', 'x'], T)
  g.add('gate', 'Mean', ['x', g.ints('axes', [1, 2])], { ...T, keep_dims: yes })
  g.add('gated', 'Mul', ['x', 'gate'], T)
  g.add('pooled', 'Mean', ['x', 'axes'], T)
  g.add('laid', 'Reshape', ['pooled', g.ints('as', [1, 1, 1, 5])], T)
  g.add('relaid', 'Mul', ['laid', 'x'], T)
  g.add('rows', 'Sum', ['x', g.ints('channel', [-1])], T)
  g.add('column', 'Sum', ['x', g.ints('height', [1])], T)
  g.add('biased', 'BiasAdd', ['x', 'channels'], { ...T, data_format: s('NHWC') })
  g.add('slopes', 'Prelu', ['x', g.weight('alpha', [3, 4, 5])], T)
  g.add('leaky', 'LeakyRelu', ['x'], { ...T, alpha: { f: 0.1 } })
  g.add('square', 'Square', ['x'], T)
  g.add('lifted', 'AddV2', ['square', g.weight('some', [], { data: [0.5] })], T)
  g.add('root', 'Sqrt', ['lifted'], T)
  g.add('rsqrt', 'Rsqrt', ['lifted'], T)
  g.add('abs', 'Abs', ['x'], T)
  g.add('positive', 'Relu', ['scaled'], T)
  g.add('most', 'Minimum', ['positive', g.weight('six', [], { data: [1.5] })], T)
  g.add('least', 'Maximum', ['most', g.weight('nought', [1], { data: [0] })], T)
  g.add('crossed', 'Maximum', ['least', g.weight('two', [], { data: [2] })], T)
  g.add('floored', 'Maximum', ['x', g.weight('minus', [], { data: [-0.5] })], T)
  g.add('clipped', 'Relu6', ['scaled'], T)
  g.add('sure', 'Sigmoid', ['x'], T)
  g.add('soft', 'Softmax', ['x'], T)
  return g.run('broadcasting', [
    'squared', 'least', 'crossed', 'floored', 'gated', 'relaid', 'rows', 'column', 'biased', 'slopes', 'leaky', 'root', 'rsqrt',
    'abs', 'clipped', 'sure', 'soft',
  ])
}

async function arrangement() {
  const g = graph([1, 4, 3, 2])
  g.add('flat', 'Reshape', ['x', g.ints('to', [1, -1])], T)
  g.add('parts', 'Unpack', ['x'], { ...T, axis: int(-1), num: int(2) })
  g.add('together', 'Pack', ['parts:1', 'parts'], { ...T, axis: int(1), N: int(2) })
  g.add('more', 'ExpandDims', ['parts:1', g.ints('at', [-1], [])], T)
  g.add('less', 'Squeeze', ['more'], { ...T, squeeze_dims: list([0, 3]) })
  g.add('pooled', 'MaxPool', ['x'], { ...window({ padding: 'VALID', strides: [4, 3] }), ksize: list([1, 4, 3, 1]) })
  g.add('bare', 'Squeeze', ['pooled'], { ...T, squeeze_dims: { list: {} } })
  const slice = (name, [from, end, steps], masks) => {
    const inputs = [from, end, steps].map((data, i) => g.ints(`${name} ${i}`, data))
    const all = { begin_mask: 0, end_mask: 0, shrink_axis_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, ...masks }
    const attr = Object.fromEntries(Object.entries(all).map(([key, mask]) => [key, int(mask)]))
    g.add(name, 'StridedSlice', ['x', ...inputs], { ...T, ...attr })
  }
  // beside a step other than 1 TensorFlow.js gets a dropped axis wrong, so these are apart
  slice('cut', [[0, 1, -2, 1], [0, 9, 3, 2], [1, 1, 1, 1]], { begin_mask: 1, end_mask: 1, shrink_axis_mask: 8 })
  slice('reversed', [[0, 3, 0], [0, 0, -1], [1, -2, 1]], { begin_mask: 1, end_mask: 3 })
  g.add('shape', 'Shape', ['x'], T)
  g.ints('s1', [1]); g.ints('s2', [2]); g.ints('step', [1])
  g.add('rows', 'StridedSlice', ['shape', 's1', 's2', 'step'], { T: { type: 'DT_INT32' }, shrink_axis_mask: int(1) })
  g.add('sizes', 'Pack', ['rows', g.ints('rest', [6], [])], { T: { type: 'DT_INT32' }, axis: int(0), N: int(2) })
  g.add('known', 'Reshape', ['x', 'sizes'], T)
  g.add('best', 'ArgMax', ['known', g.ints('along', [1], [])], { ...T, output_type: { type: 'DT_INT32' } })
  g.add('shifted', 'Sub', ['best', g.ints('three', [3], [])], { T: { type: 'DT_INT32' } })
  g.add('third', 'FloorDiv', ['shifted', g.ints('two', [2], [])], { T: { type: 'DT_INT32' } })
  g.add('back', 'FloorDiv', ['shifted', g.ints('minus', [-2], [])], { T: { type: 'DT_INT32' } })
  g.add('halves', 'FloorDiv', ['x', g.weight('divisor', [], { data: [0.7] })], T)
  g.add('picked', 'GatherNd', ['known', g.ints('places', [0, 1, 3, 5], [2, 2])], { Tparams: { type: 'DT_FLOAT' } })
  g.add('whole', 'Cast', ['x'], { SrcT: { type: 'DT_FLOAT' }, DstT: { type: 'DT_INT32' } })
  return g.run('arrangement', [
    'flat', 'together', 'less', 'bare', 'cut', 'reversed', 'known', 'best', 'third', 'back', 'halves', 'picked', 'whole',
  ])
}

async function dense() {
  const g = graph([-1, 4])
  g.weight('w', [5, 4])
  g.weight('b', [5])
  g.add('hidden', '_FusedMatMul', ['x', 'w', 'b'], {
    ...T, transpose_b: yes, fused_ops: names(['BiasAdd', 'Relu']), num_args: int(1),
  })
  g.add('out', 'MatMul', ['hidden', g.weight('v', [5, 3])], T)
  g.add('soft', 'Softmax', ['out'], T)
  g.add('same', 'Identity', ['soft'], T)
  return g.run('dense layers', ['hidden', 'same'])
}

async function quantised() {
  const g = graph([1, 3, 3, 2], 'int32')
  g.weight('w8', [2, 2, 2, 3], { stored: 'uint8' })
  g.weight('w16', [2, 2, 2, 3], { stored: 'uint16' })
  g.weight('half', [2, 2, 2, 3], { stored: 'float16' })
  g.weight('tiny', [4], { stored: 'float16', data: [3e-6, -0.00005, 70000, 0] })
  g.weight('counts', [4], { stored: 'uint8', dtype: 'int32', data: [-3, 7, 40, 252] })
  g.add('float', 'Cast', ['x'], { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } })
  for (const w of ['w8', 'w16', 'half']) g.add(`with ${w}`, 'Conv2D', ['float', w], window({}))
  g.add('small', 'Minimum', ['tiny', g.weight('cap', [], { data: [9] })], T)
  g.add('numbers', 'Identity', ['counts'], { T: { type: 'DT_INT32' } })
  return g.run('quantised weights', ['with w8', 'with w16', 'with half', 'small', 'numbers'],
    uniform(18).map((v) => Math.round(50 * v)))
}

const cases = []
for (const make of [convolutions, depthwise, pictures, broadcasting, arrangement, dense, quantised])
  cases.push(await make())
process.stdout.write(`${JSON.stringify({ library: tf.version.tfjs, cases })}\n`)
