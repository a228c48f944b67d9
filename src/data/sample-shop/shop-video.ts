import { type Rng, throwIfAborted } from '../../core/index.ts'
import type { Picture } from '../picture.ts'
import type { Box } from '../resize.ts'
import { backdrop } from './backdrop.ts'
import { foundLight, type Lighting, lightPicture } from './lighting.ts'
import type { ProductDesign } from './product-design.ts'
import {
  type Pose,
  pasteSprite,
  productSprite,
  quadOf,
  type Sprite,
  shadowSprite,
} from './sprite.ts'

/** Where a product is to be seen in one frame. */
export interface Appearance {
  readonly timeSeconds: number
  readonly productId: string
  /** In whole pixels of the frame, exactly around the product. */
  readonly box: Box
}

/** Size and pace of the shop's video. */
export const shopVideo = {
  width: 640,
  height: 360,
  framesPerSecond: 20,
  secondsPerScene: 3,
  productsPerScene: 4,
} as const

/** Room that the camera has to move over a scene. */
const MARGIN = 40

/**
 * The frames of a video in which products lie and drift over cluttered places, a few in each scene.
 * @param appearances filled while the frames are taken: one entry for each product in each frame
 */
export async function* shopVideoFrames(
  designs: readonly ProductDesign[],
  {
    rng,
    appearances,
    signal,
  }: {
    readonly rng: Rng
    readonly appearances: Appearance[]
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<Picture, void> {
  const { framesPerSecond, secondsPerScene, productsPerScene } = shopVideo
  const framesPerScene = framesPerSecond * secondsPerScene
  for (let first = 0; first < designs.length; first += productsPerScene) {
    const scene = await stage(designs.slice(first, first + productsPerScene), rng)
    for (let frame = 0; frame < framesPerScene; frame++) {
      throwIfAborted(signal, 'sample shop')
      const index = (first / productsPerScene) * framesPerScene + frame
      const { picture, boxes } = takeFrame(scene, frame / framesPerSecond, rng)
      for (const [productId, box] of boxes) {
        appearances.push({ timeSeconds: index / framesPerSecond, productId, box })
      }
      yield picture
    }
  }
}

interface Actor {
  readonly id: string
  readonly sprite: Sprite
  readonly shadow: Sprite
  readonly pose: (seconds: number) => Pose
}

interface Scene {
  readonly ground: Picture
  readonly light: Lighting
  readonly camera: Drift
  readonly actors: readonly Actor[]
}

/** A slow swing about 0, at most 1 to either side. */
type Drift = (seconds: number) => readonly [number, number]

async function stage(designs: readonly ProductDesign[], rng: Rng): Promise<Scene> {
  const { width, height } = shopVideo
  const lane = width / designs.length
  const turns = designs.map(() => rng.between(-0.6, 0.6))
  const poses = designs.map((_, index) => {
    const [place, lean] = [drift(rng), drift(rng)]
    const [size, tilt] = [
      Math.min(lane * 1.08, height * 0.5) * rng.between(0.92, 1),
      rng.between(-9, 9),
    ]
    const y = height * rng.between(0.4, 0.6)
    return (seconds: number): Pose => {
      const [[dx, dy], [turn, near]] = [place(seconds), lean(seconds)]
      return {
        centre: { x: lane * (index + 0.5) + 7 * dx, y: y + 26 * dy },
        size: size * (1 + 0.06 * near),
        degrees: tilt + 7 * turn,
        depth: [0.05 * turn, -0.05 * turn, 0.05 * near, -0.04 * near],
      }
    }
  })
  const actors = designs.map(async (design, index): Promise<Actor> => {
    const sprite = await productSprite(design, { turn: turns[index]!, side: 220 })
    const shadow = await shadowSprite(sprite, { opacity: 0.4, blur: 7 })
    return { id: design.id, sprite, shadow, pose: poses[index]! }
  })
  return {
    ground: await backdrop(width + 2 * MARGIN, height + 2 * MARGIN, rng),
    light: { ...foundLight(rng, 0.6), noise: 0 },
    camera: drift(rng),
    actors: await Promise.all(actors),
  }
}

function takeFrame({ ground, light, camera, actors }: Scene, seconds: number, rng: Rng) {
  const [panX, panY] = camera(seconds)
  const picture = cutOut(ground, Math.round(MARGIN * (1 + panX)), Math.round(MARGIN * (1 + panY)))
  const boxes: [string, Box][] = []
  for (const { id, sprite, shadow, pose } of actors) {
    const at = pose(seconds)
    const below = { x: at.centre.x + 5, y: at.centre.y + 8 }
    pasteSprite(picture, shadow, quadOf({ ...at, centre: below }))
    const box = pasteSprite(picture, sprite, quadOf(at))
    if (box !== undefined) boxes.push([id, box])
  }
  lightPicture(picture, light, rng)
  return { picture, boxes }
}

function cutOut({ width: stride, data: source }: Picture, left: number, top: number): Picture {
  const { width, height } = shopVideo
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * stride + left) * 3
    data.set(source.subarray(from, from + width * 3), y * width * 3)
  }
  return { width, height, data }
}

function drift(rng: Rng): Drift {
  const swing = () => {
    const [period, phase] = [rng.between(4, 9), rng.between(0, 2 * Math.PI)]
    return (seconds: number): number => Math.sin((2 * Math.PI * seconds) / period + phase)
  }
  const [x, y] = [swing(), swing()]
  return (seconds) => [x(seconds), y(seconds)]
}
