import { expect, test } from 'vitest'
import { type Pose, pasteSprite, quadOf, type Sprite } from './sprite.ts'

const grey = () => ({ width: 60, height: 40, data: new Uint8Array(60 * 40 * 3).fill(100) })

/** An opaque orange square of half the side in the middle of a clear field. */
function square(side: number): Sprite {
  const data = new Uint8Array(side * side * 4)
  for (let y = side / 4; y < (side * 3) / 4; y++) {
    for (let x = side / 4; x < (side * 3) / 4; x++) data.set([240, 120, 0, 255], (y * side + x) * 4)
  }
  return { side, data }
}
const flat: Pose = { centre: { x: 30, y: 20 }, size: 32, degrees: 0, depth: [0, 0, 0, 0] }

test('lands where its pose says, in its colours, and the box is exactly around it', () => {
  const picture = grey()
  const box = pasteSprite(picture, square(32), quadOf(flat))
  expect(box).toEqual({ x: 22, y: 12, width: 16, height: 16 })
  const at = (x: number, y: number) => [
    ...picture.data.subarray((y * 60 + x) * 3, (y * 60 + x) * 3 + 3),
  ]
  expect(at(22, 12)).toEqual([240, 120, 0])
  expect(at(37, 27)).toEqual([240, 120, 0])
  expect(at(21, 12)).toEqual([100, 100, 100])
  expect(at(38, 27)).toEqual([100, 100, 100])
})

test('a turned square needs a box wider by root two', () => {
  const box = pasteSprite(grey(), square(32), quadOf({ ...flat, degrees: 45 }))!
  expect(box.width).toBeGreaterThanOrEqual(22)
  expect(box.width).toBeLessThanOrEqual(24)
})

test('what hangs over the edge is cut off, what is outside has no box', () => {
  const over = { ...flat, centre: { x: 58, y: 20 } }
  expect(pasteSprite(grey(), square(32), quadOf(over))).toEqual({
    x: 50,
    y: 12,
    width: 10,
    height: 16,
  })
  const outside = { ...flat, centre: { x: 200, y: 20 } }
  expect(pasteSprite(grey(), square(32), quadOf(outside))).toBeUndefined()
})
