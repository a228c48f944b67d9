import { join } from 'node:path'
import sharp from 'sharp'
import type { Rng } from '../../src/core/index.ts'

const [width, height] = [640, 480]

/** Writes JPEG files of coloured shapes under noise, 640 x 480 pixels and some 45 kB each. */
export async function generatedPhotos(folder: string, count: number, rng: Rng): Promise<string[]> {
  const noise = Float32Array.from({ length: 2 * width * height * 3 }, () => 6 * rng.normal())
  const paths = Array.from({ length: count }, (_, i) => join(folder, `picture-${i}.jpg`))
  for (const path of paths) {
    const pixels = await sharp(Buffer.from(drawing(rng)))
      .removeAlpha()
      .raw()
      .toBuffer()
    const from = rng.integer(noise.length - pixels.length)
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = Math.max(0, Math.min(255, pixels[i]! + noise[from + i]!))
    const raw = { width, height, channels: 3 } as const
    await sharp(pixels, { raw }).jpeg({ quality: 85 }).toFile(path)
  }
  return paths
}

function drawing(rng: Rng): string {
  const colour = (): string =>
    `hsl(${rng.integer(360)} ${30 + rng.integer(60)}% ${25 + rng.integer(55)}%)`
  const ellipse = (): string =>
    `<ellipse cx="${rng.integer(width)}" cy="${rng.integer(height)}" rx="${20 + rng.integer(160)}" ry="${20 + rng.integer(160)}" fill="${colour()}"/>`
  const ellipses = Array.from({ length: 12 }, ellipse).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour()}"/>${ellipses}</svg>`
}
