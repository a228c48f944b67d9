import sharp from 'sharp'
import type { Rng } from '../../core/index.ts'
import type { Picture } from '../picture.ts'
import { hex, mix, palette, type Rgb } from './palette.ts'

/** A cluttered place that is not a studio: a surface, things on it, a grain. */
export async function backdrop(width: number, height: number, rng: Rng): Promise<Picture> {
  const muted = (): Rgb =>
    mix(rng.pick(Object.values(palette)), [138, 130, 120], rng.between(0.2, 0.7))
  const horizon = rng.next() < 0.55 ? rng.between(0.3, 0.65) * height : 0
  const [wall, floor] = [muted(), muted()]
  const parts = [
    `<path fill="${hex(wall)}" d="M0 0H${width}V${height}H0Z"/>`,
    horizon > 0 ? surface(width, 0, horizon, wall, rng) : '',
    horizon > 0 ? things(width, horizon * 0.7, 5 + rng.integer(8), muted, rng) : '',
    `<path fill="${hex(floor)}" d="M0 ${horizon}H${width}V${height}H0Z"/>`,
    surface(width, horizon, height, floor, rng),
    things(width, height, 6 + rng.integer(12), muted, rng),
  ]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`
  const blur = rng.between(0.4, 2.6)
  const pixels = await sharp(Buffer.from(svg)).removeAlpha().blur(blur).raw().toBuffer()
  const data = new Uint8Array(pixels)
  grain(data, width, rng)
  return { width, height, data }
}

/** Planks, tiles, cloth or nothing between two heights. */
function surface(width: number, top: number, bottom: number, ground: Rgb, rng: Rng): string {
  const line = hex(
    mix(ground, rng.next() < 0.5 ? [0, 0, 0] : [255, 255, 255], rng.between(0.12, 0.4)),
  )
  const step = rng.between(14, 56)
  const stroke = `fill="none" stroke="${line}" stroke-width="${rng.between(1.5, 9)}"`
  const [slope, style] = [rng.between(-0.4, 0.4) * (bottom - top), rng.integer(4)]
  const path: string[] = []
  if (style <= 1) {
    for (let x = -width; x < 2 * width; x += step) path.push(`M${x} ${top}L${x + slope} ${bottom}`)
  }
  if (style >= 1 && style <= 2) {
    for (let y = top + step / 2; y < bottom; y += step) path.push(`M0 ${y}L${width} ${y}`)
  }
  if (style === 3) {
    for (let i = 0; i < 70; i++) {
      const [x, y] = [rng.next() * width, rng.between(top, bottom)]
      path.push(`M${x} ${y}l${rng.between(-14, 14)} ${rng.between(-8, 8)}`)
    }
  }
  return `<path ${stroke} d="${path.join('')}"/>`
}

function things(width: number, height: number, count: number, colour: () => Rgb, rng: Rng): string {
  return Array.from({ length: count }, () => {
    const [x, y] = [rng.next() * width, rng.next() * height]
    const [w, h] = [rng.between(8, 90), rng.between(8, 70)]
    const look = `fill="${hex(colour())}" fill-opacity="${rng.between(0.5, 1).toFixed(2)}" transform="rotate(${rng.between(-60, 60)} ${x} ${y})"`
    const kind = rng.integer(4)
    if (kind === 0) return `<ellipse cx="${x}" cy="${y}" rx="${w / 2}" ry="${h / 2}" ${look}/>`
    if (kind === 1)
      return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${rng.between(0, 10)}" ${look}/>`
    if (kind === 2) return `<path d="M${x} ${y}l${w} ${h * 0.3}l${-w * 0.6} ${h}Z" ${look}/>`
    return `<path d="M${x} ${y}q${w} ${-h} ${w * 1.6} ${h * 0.2}t${w} ${h * 0.5}l-6 8q${-w} ${-h * 0.4} ${-w * 1.5} ${-h * 0.1}Z" ${look}/>`
  }).join('')
}

/** Smooth noise of three sizes, added in place. */
function grain(data: Uint8Array, width: number, rng: Rng): void {
  const height = data.length / 3 / width
  for (const [cell, strength] of [
    [29, rng.between(3, 16)],
    [7, rng.between(2, 12)],
    [2.3, rng.between(1, 7)],
  ] as const) {
    const columns = Math.ceil(width / cell) + 2
    const values = Float32Array.from(
      { length: columns * (Math.ceil(height / cell) + 2) },
      () => (rng.next() * 2 - 1) * strength,
    )
    for (let y = 0, at = 0; y < height; y++) {
      const [row, fy] = [Math.floor(y / cell), (y / cell) % 1]
      for (let x = 0; x < width; x++, at += 3) {
        const i = row * columns + Math.floor(x / cell)
        const fx = (x / cell) % 1
        const upper = values[i]! + (values[i + 1]! - values[i]!) * fx
        const lower = values[i + columns]! + (values[i + columns + 1]! - values[i + columns]!) * fx
        const value = upper + (lower - upper) * fy
        for (let c = 0; c < 3; c++) {
          data[at + c] = Math.max(0, Math.min(255, data[at + c]! + value))
        }
      }
    }
  }
}
