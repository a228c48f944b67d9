import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { apply, constant, integers, text, type Value } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { interpolation } from './interpolation.ts'

const places = [
  'half_pixel',
  'pytorch_half_pixel',
  'asymmetric',
  'align_corners',
  'half_pixel_symmetric',
]
const roundings = ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil']
const largest = 24

/** All sizes up to 24 from one another, resized by onnxruntime in one graph. */
async function resized(attributes: Readonly<Record<string, string>>) {
  const sizes = Array.from({ length: largest }, (_, i) => i + 1)
  const pairs = sizes.flatMap((from) =>
    sizes.filter((to) => to !== from).map((to) => ({ from, to })),
  )
  const written = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, text(value)]),
  )
  const outputs: Record<string, Value> = {}
  for (const { from, to } of pairs) {
    const squares = Float32Array.from({ length: from }, (_, i) => i * i)
    const x = constant(tensor('float32', [1, 1, from, 1], squares))
    const shape = [1, 1, to, 1]
    const y = apply(
      'Resize',
      [x, null, null, integers(shape)],
      { dtype: 'float32', shape },
      written,
    )
    outputs[`${from} to ${to}`] = y
  }
  return { pairs, written, found: await evaluate(outputs, {}, { optimization: 'disabled' }) }
}

const nearest = places.flatMap((place) => roundings.map((rounding) => [place, rounding] as const))
test.each(nearest)(
  'nearest by %s and %s takes the very places that onnxruntime takes',
  async (...of) => {
    const { pairs, written, found } = await resized({
      mode: 'nearest',
      coordinate_transformation_mode: of[0],
      nearest_mode: of[1],
    })
    for (const { from, to } of pairs) {
      const taken = interpolation({ from, to, scale: Math.fround(to / from) }, written).map(
        (shares) => shares.map(({ place }) => place),
      )
      const wanted = Array.from(found[`${from} to ${to}`]!.data, Number).map(Math.sqrt)
      expect({ from, to, taken }).toEqual({ from, to, taken: wanted.map((place) => [place]) })
    }
  },
)

test.each(places)('linear by %s mixes as onnxruntime does', async (place) => {
  const { pairs, written, found } = await resized({
    mode: 'linear',
    coordinate_transformation_mode: place,
  })
  for (const { from, to } of pairs) {
    const mixed = interpolation({ from, to, scale: Math.fround(to / from) }, written).map(
      (shares) => shares.reduce((sum, { place, weight }) => sum + weight * place ** 2, 0),
    )
    expectClose(mixed, found[`${from} to ${to}`]!, 1e-5, `${from} to ${to}`)
  }
})
