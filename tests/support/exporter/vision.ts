import type { Rng } from '../../../src/core/index.ts'
import { type ExportedGraph, exportedGraph } from './graph.ts'
import { block, dim, layerNorm, type Sizes, shapeOf, unsqueeze } from './transformer.ts'

/** Sizes of a vision transformer. For tests only. */
export interface VisionSizes extends Sizes {
  /** Of the pictures that it was trained with, and of the patches that it cuts them into. */
  readonly picture: number
  readonly patch: number
}

/** ViT-B/32, the picture tower of CLIP. For tests only. */
export const vitB32 = { width: 768, layers: 12, heads: 12, picture: 224, patch: 32, project: 512 }

/** Cuts into patches, puts the class token before them. [batch, 1 + patches, width] */
function embed(g: ExportedGraph, { width, patch }: VisionSizes, prefix: string): string {
  const range = Math.sqrt(3 / (3 * patch * patch))
  const kernel = g.weight(`${prefix}patch_embedding.weight`, [width, 3, patch, patch], range)
  const shape = [patch, patch]
  const cut = g.node('Conv', ['pixel_values', kernel], { kernel_shape: shape, strides: shape })
  const flat = g.node('Reshape', [cut, shapeOf(g, [dim(g, cut, 0), width, -1])])
  const patches = g.node('Transpose', [flat], { perm: [0, 2, 1] })
  const token = g.weight(`${prefix}class_embedding`, [1, 1, width], 1)
  return g.node('Concat', [expand(g, token, dim(g, 'pixel_values', 0)), patches], { axis: 1 })
}

/** `expand(batch, -1, -1)`: −1 is compared and replaced in the graph. */
function expand(g: ExportedGraph, x: string, batch: string): string {
  const wanted = shapeOf(g, [batch, -1, -1])
  const ones = g.node('ConstantOfShape', [g.node('Shape', [wanted])])
  const zeros = g.node('Cast', [ones], { to: 7 })
  const all = g.node('Add', [zeros, g.constant(1)])
  const negative = g.node('Equal', [wanted, g.node('Mul', [all, g.constant(-1)])])
  return g.node('Expand', [x, g.node('Where', [negative, all, wanted])])
}

/**
 * The picture tower of CLIP, as transformers.js has it in vision_model.onnx: pixel_values → image_embeds,
 * last_hidden_state. For tests only.
 */
export function clipVision(
  sizes: VisionSizes & { readonly project: number },
  { rng, opset = 14 }: { readonly rng: Rng; readonly opset?: number },
): Uint8Array {
  const { width, layers, picture, patch, project } = sizes
  const g = exportedGraph(opset, rng)
  const prefix = 'vision_model.'
  const count = 1 + (picture / patch) ** 2
  const table = g.weight(`${prefix}embeddings.position_embedding.weight`, [count, width], 1)
  const places = g.constant([...Array(count).keys()])
  const positions = unsqueeze(g, g.node('Gather', [table, places]), [0])
  let x = g.node('Add', [embed(g, sizes, `${prefix}embeddings.`), positions])
  x = layerNorm(g, x, `${prefix}pre_layrnorm`, width)
  for (let i = 0; i < layers; i++)
    x = block(g, x, sizes, { prefix: `${prefix}encoder.layers.${i}.`, activation: 'quick_gelu' })
  const first = g.node('Gather', [x, g.constant(0)], { axis: 1 })
  const pooled = layerNorm(g, first, `${prefix}post_layernorm`, width)
  const turned = g.weight('onnx::MatMul_visual_projection', [width, project], Math.sqrt(3 / width))
  return g.bytes(
    { pixel_values: ['float32', 'batch', 3, picture, picture] },
    {
      image_embeds: [g.node('MatMul', [pooled, turned]), ['float32', 'batch', project]],
      last_hidden_state: [x, ['float32', 'batch', count, width]],
    },
  )
}

/**
 * DINOv2: the position table is resized to the picture, whose size is free, and the branches are scaled.
 * pixel_values → last_hidden_state. For tests only.
 */
export function dinoVision(
  sizes: VisionSizes,
  { rng, opset = 14 }: { readonly rng: Rng; readonly opset?: number },
): Uint8Array {
  const { width, layers, picture, patch } = sizes
  const g = exportedGraph(opset, rng)
  const side = picture / patch
  const table = g.weight('embeddings.position_embeddings', [1, 1 + side ** 2, width], 1)
  const range = (start: number, end: number): string =>
    g.node('Slice', [table, ...[start, end, 1].map((x) => g.constant([x]))])
  const [own, grid] = [range(0, 1), range(1, 2 ** 40)]
  const square = g.node('Reshape', [grid, g.constant([1, side, side, width])])
  const channels = g.node('Transpose', [square], { perm: [0, 3, 1, 2] })
  const factor = (axis: number): string => {
    const count = g.node('Div', [dim(g, 'pixel_values', axis), g.constant(patch)])
    const real = g.node('Cast', [count], { to: 1 })
    return g.node('Div', [real, g.constant(side, 'float32')])
  }
  const scales = shapeOf(g, [factor(2), factor(3)])
  const ones = g.constant([1, 1], 'float32')
  const all = g.node('Concat', [ones, scales], { axis: 0 })
  const region = opset < 13 ? g.constant([], 'float32') : ''
  const resized = g.node('Resize', [channels, region, all], {
    mode: 'cubic',
    coordinate_transformation_mode: 'half_pixel',
    cubic_coeff_a: -0.75,
    nearest_mode: 'floor',
  })
  const back = g.node('Transpose', [resized], { perm: [0, 2, 3, 1] })
  const rows = g.node('Reshape', [back, shapeOf(g, [1, -1, width])])
  const positions = g.node('Concat', [own, rows], { axis: 1 })
  let x = g.node('Add', [embed(g, sizes, 'embeddings.'), positions])
  for (let i = 0; i < layers; i++)
    x = block(g, x, sizes, { prefix: `encoder.layer.${i}.`, activation: 'gelu', layerScale: true })
  return g.bytes(
    { pixel_values: ['float32', 'batch', 3, 'height', 'width'] },
    {
      last_hidden_state: [
        layerNorm(g, x, 'layernorm', width),
        ['float32', 'batch', 'patches', width],
      ],
    },
  )
}
