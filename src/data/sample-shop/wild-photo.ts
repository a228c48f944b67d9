import sharp from 'sharp'
import type { Rng } from '../../core/index.ts'
import type { Picture } from '../picture.ts'
import { backdrop } from './backdrop.ts'
import { foundLight, lightPicture } from './lighting.ts'
import type { ProductDesign } from './product-design.ts'
import { type Pose, pasteSprite, productSprite, quadOf, shadowSprite } from './sprite.ts'

const SPRITE_SIDE = 280

/**
 * A photo of a product as a shopper would take it, JPEG: tilted, in found light, among other things
 * and partly behind one of them, out of focus, compressed.
 * @param others designs that may lie around it
 */
export async function wildPhoto(
  design: ProductDesign,
  others: readonly ProductDesign[],
  rng: Rng,
): Promise<Buffer> {
  const [width, height] = rng.pick([
    [300, 300],
    [320, 264],
    [264, 320],
  ] as const)
  const picture = await backdrop(width, height, rng)
  const size = Math.min(width, height) * rng.between(0.62, 0.98)
  const pose: Pose = {
    centre: { x: width * rng.between(0.4, 0.6), y: height * rng.between(0.42, 0.58) },
    size,
    degrees: rng.normal() * 16,
    depth: [perspective(rng), perspective(rng), perspective(rng), perspective(rng)],
  }
  for (let count = rng.integer(4); count > 0; count--) {
    await pasteOther(picture, rng.pick(others), around(pose, rng.between(0.62, 0.95), rng), rng)
  }
  const sprite = await productSprite(design, { turn: rng.between(-0.8, 0.8), side: SPRITE_SIDE })
  await pasteShadow(picture, sprite, pose, rng)
  pasteSprite(picture, sprite, quadOf(pose))
  if (rng.next() < 0.5) {
    await pasteOther(picture, rng.pick(others), around(pose, rng.between(0.38, 0.54), rng), rng)
  }
  lightPicture(picture, foundLight(rng, 1), rng)
  return sharp(picture.data, { raw: { width, height, channels: 3 } })
    .blur(rng.between(0.35, 1.5))
    .jpeg({ quality: 45 + rng.integer(40) })
    .toBuffer()
}

async function pasteOther(
  onto: Picture,
  design: ProductDesign,
  pose: Pose,
  rng: Rng,
): Promise<void> {
  const sprite = await productSprite(design, { turn: rng.between(-0.8, 0.8), side: 160 })
  await pasteShadow(onto, sprite, pose, rng)
  pasteSprite(onto, sprite, quadOf(pose))
}

async function pasteShadow(
  onto: Picture,
  sprite: Parameters<typeof shadowSprite>[0],
  pose: Pose,
  rng: Rng,
): Promise<void> {
  const shadow = await shadowSprite(sprite, {
    opacity: rng.between(0.25, 0.6),
    blur: sprite.side * rng.between(0.015, 0.05),
  })
  const centre = {
    x: pose.centre.x + pose.size * rng.between(-0.07, 0.07),
    y: pose.centre.y + pose.size * rng.between(0.01, 0.06),
  }
  pasteSprite(onto, shadow, quadOf({ ...pose, centre }))
}

/** A smaller thing beside the middle one, so far away that it hides little of it. */
function around({ centre, size }: Pose, distance: number, rng: Rng): Pose {
  const angle = rng.between(0, 2 * Math.PI)
  return {
    centre: {
      x: centre.x + Math.cos(angle) * distance * size,
      y: centre.y + Math.sin(angle) * distance * size,
    },
    size: size * rng.between(0.4, 0.7),
    degrees: rng.between(-70, 70),
    depth: [perspective(rng), perspective(rng), perspective(rng), perspective(rng)],
  }
}

function perspective(rng: Rng): number {
  return rng.between(-0.14, 0.14)
}
