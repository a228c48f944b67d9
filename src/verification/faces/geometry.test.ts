import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { mapPoint, type Picture, type Point } from '../../data/index.ts'
import { alignFace } from './align-face.ts'
import { blazeFaceAnchors } from './anchors.ts'
import { decodeFaces } from './decode-faces.ts'
import type { Face, Landmarks } from './face.ts'
import { fitSimilarity } from './fit-similarity.ts'
import { mergeFaces, overlapOf } from './merge-faces.ts'

test('the anchors are the cells of two grids', () => {
  const anchors = blazeFaceAnchors(256)
  expect(anchors).toHaveLength(896)
  expect(anchors.slice(0, 3)).toEqual([
    { x: 8, y: 8 },
    { x: 8, y: 8 },
    { x: 24, y: 8 },
  ])
  expect(anchors[32]).toEqual({ x: 8, y: 24 })
  expect(anchors.slice(511, 513)).toEqual([
    { x: 248, y: 248 },
    { x: 16, y: 16 },
  ])
  expect(anchors.at(-1)).toEqual({ x: 240, y: 240 })
})

test('a guess is read from its anchor; unsure ones and those that are no numbers are left out', () => {
  const row = [1, -2, 20, 10, ...Array.from({ length: 12 }, (_, i) => i)]
  const faces = decodeFaces(
    {
      anchors: [1, 2, 3, 4].map((i) => ({ x: 10 * i, y: 100 })),
      regressors: Float32Array.from([...row, ...row, ...row, ...row]),
      logits: Float32Array.of(0.1, Math.log(3), -0.1, Number.NaN),
    },
    0.5,
  )
  expect(faces).toHaveLength(2)
  expect(faces[0]!.score).toBeCloseTo(0.75, 6)
  expect(faces[0]!.box).toEqual({ x: 11, y: 93, width: 20, height: 10 })
  expect(faces[0]!.landmarks).toMatchObject({
    rightEye: { x: 20, y: 101 },
    leftEye: { x: 22, y: 103 },
    leftEar: { x: 30, y: 111 },
  })
  expect(faces[1]!.box.x).toBe(1)
})

function faceAt(x: number, y: number, score: number, size = 10): Face {
  const place: Point = { x: x + size / 2, y: y + size / 2 }
  const landmarks = Object.fromEntries(
    ['rightEye', 'leftEye', 'nose', 'mouth', 'rightEar', 'leftEar'].map((name) => [name, place]),
  ) as Landmarks
  return { score, box: { x, y, width: size, height: size }, landmarks }
}

describe('guesses for one face', () => {
  test('are averaged by their scores, others stay apart', () => {
    const merged = mergeFaces([faceAt(0, 0, 0.9), faceAt(50, 0, 0.8), faceAt(3, 0, 0.6)], 0.3)
    expect(merged).toHaveLength(2)
    expect(merged[0]!.score).toBe(0.9)
    expect(merged[0]!.box.x).toBeCloseTo((0.6 * 3) / 1.5, 12)
    expect(merged[0]!.landmarks.nose.x).toBeCloseTo(5 + 1.2, 12)
    expect(merged[1]).toEqual(faceAt(50, 0, 0.8))
  })

  test('law: the surest come first, and something is left where there was something', () => {
    const some = fc.array(
      fc.tuple(fc.nat(40), fc.nat(40), fc.double({ min: 0.5, max: 1, noNaN: true })),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(some, (given) => {
        const faces = given.map(([x, y, score]) => faceAt(x, y, score))
        const merged = mergeFaces(
          faces.toSorted((a, b) => b.score - a.score),
          0,
        )
        expect(merged.length).toBeLessThanOrEqual(faces.length)
        expect(merged.length === 0).toBe(faces.length === 0)
        expect(merged.map(({ score }) => score)).toEqual(
          merged.map(({ score }) => score).toSorted((a, b) => b - a),
        )
      }),
    )
  })

  test('the overlap is intersection over union, 0 for boxes turned inside out', () => {
    const box = (x: number, width: number) => ({ x, y: 0, width, height: 10 })
    expect(overlapOf(box(0, 10), box(5, 10))).toBeCloseTo(50 / 150, 12)
    expect(overlapOf(box(0, 10), box(10, 10))).toBe(0)
    expect(overlapOf(box(0, -10), box(0, -10))).toBe(0)
  })
})

const coordinate = fc.double({ min: -100, max: 100, noNaN: true })
const point = fc.record({ x: coordinate, y: coordinate })

describe('the similarity between points', () => {
  test('law: is found where there is one', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 3, maxLength: 6 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        point,
        (from, angle, scale, shift) => {
          const spread = Math.max(
            ...from.map(({ x, y }) => Math.hypot(x - from[0]!.x, y - from[0]!.y)),
          )
          fc.pre(spread > 1)
          const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)]
          const move = ({ x, y }: Point) => ({
            x: a * x - b * y + shift.x,
            y: b * x + a * y + shift.y,
          })
          const found = fitSimilarity(from, from.map(move))
          for (const one of from) {
            const [got, wanted] = [mapPoint(found, one), move(one)]
            expect(Math.hypot(got.x - wanted.x, got.y - wanted.y)).toBeLessThan(1e-9)
          }
        },
      ),
    )
  })

  test('is the best there is: no other turn, scale or shift is nearer', () => {
    const from = [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 0, y: 3 },
    ]
    const to = [
      { x: 1, y: 1 },
      { x: 4, y: 2 },
      { x: 0, y: 5 },
    ]
    const error = (h: readonly number[]) =>
      from.reduce((sum, { x, y }, i) => {
        const [u, v] = [h[0]! * x + h[1]! * y + h[2]!, h[3]! * x + h[4]! * y + h[5]!]
        return sum + (u - to[i]!.x) ** 2 + (v - to[i]!.y) ** 2
      }, 0)
    const best = fitSimilarity(from, to)
    for (const step of [1e-3, -1e-3]) {
      const others = [
        best.map((x, i) => (i === 0 || i === 4 ? x + step : x)),
        best.map((x, i) => (i === 1 ? x - step : i === 3 ? x + step : x)),
        best.map((x, i) => (i === 2 ? x + step : x)),
        best.map((x, i) => (i === 5 ? x + step : x)),
      ]
      for (const other of others) expect(error(other)).toBeGreaterThan(error(best))
    }
  })

  test('needs as many points on both sides, and two places', () => {
    const one = { x: 1, y: 1 }
    expect(() => fitSimilarity([one, one], [one, { x: 2, y: 2 }])).toThrow(/at least two places/)
    expect(() => fitSimilarity([one, { x: 2, y: 2 }], [one])).toThrow(/2 and 1 points/)
    expect(() => fitSimilarity([one, { x: 2, y: 2 }], [one, one, one])).toThrow(/2 and 3 points/)
  })
})

test('a face that is turned, larger and elsewhere is aligned to the same picture', () => {
  const layout = { size: 32, eyes: 0.3, eyeLine: 0.4 }
  const upright: Landmarks = {
    rightEye: { x: 40, y: 40 },
    leftEye: { x: 60, y: 40 },
    nose: { x: 50, y: 52 },
    mouth: { x: 50, y: 62 },
    rightEar: { x: 30, y: 45 },
    leftEar: { x: 70, y: 45 },
  }
  // a smooth pattern, so that sampling it elsewhere costs little
  const pattern = (x: number, y: number): number[] => [
    128 + 100 * Math.sin(x / 9),
    128 + 100 * Math.cos(y / 8),
    128 + 100 * Math.sin((x + y) / 12),
  ]
  const drawn = (place: (x: number, y: number) => Point): Picture => {
    const data = new Uint8Array(200 * 200 * 3)
    for (let i = 0; i < 200 * 200; i++) {
      const { x, y } = place((i % 200) + 0.5, Math.floor(i / 200) + 0.5)
      data.set(pattern(x, y).map(Math.round), 3 * i)
    }
    return { width: 200, height: 200, data }
  }
  const [a, b] = [1.5 * Math.cos(0.5), 1.5 * Math.sin(0.5)]
  const moved = ({ x, y }: Point): Point => ({ x: a * x - b * y + 60, y: b * x + a * y + 10 })
  const back = (x: number, y: number): Point => ({
    x: (a * (x - 60) + b * (y - 10)) / 2.25,
    y: (a * (y - 10) - b * (x - 60)) / 2.25,
  })
  const turned = Object.fromEntries(
    Object.entries(upright).map(([name, place]) => [name, moved(place)]),
  ) as unknown as Landmarks
  const plain = alignFace(
    drawn((x, y) => ({ x, y })),
    upright,
    layout,
  )
  const again = alignFace(drawn(back), turned, layout)
  expectClose(again.data, plain.data, 0.02, 'aligned')
  // the eyes lie where they should: 20 pixels apart became 0.3 of 32
  const eye = { x: 32 * 0.5 - 4.8, y: 32 * 0.4 }
  const at = 3 * (Math.floor(eye.y) * 32 + Math.floor(eye.x))
  expectClose(plain.data.subarray(at, at + 3), pattern(40, 40), 0.05, 'eye')
})
