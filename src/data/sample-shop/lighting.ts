import type { Rng } from '../../core/index.ts'
import type { Picture } from '../picture.ts'

/** The light of one place. */
export interface Lighting {
  /** Factors on red, green and blue: exposure times colour of the light. */
  readonly gains: readonly [number, number, number]
  readonly gamma: number
  /** How much lighter one side is than the other, and where that side lies. */
  readonly falloff: number
  readonly angle: number
  /** A shadow that falls across, as of a window frame: its depth 0 to 1, place and width. */
  readonly bar: {
    readonly depth: number
    readonly at: number
    readonly width: number
    readonly angle: number
  }
  /** Standard deviation of the sensor's noise, 0 to 255. */
  readonly noise: number
}

/** Light as found in homes and streets: warm or cold, dim or glaring, uneven; `strength` 1 is hard, 0 a studio. */
export function foundLight(rng: Rng, strength: number): Lighting {
  const warmth = rng.between(-1, 1) * strength
  const exposure = 2 ** (rng.between(-0.75, 0.5) * strength)
  return {
    gains: [
      exposure * (1 + 0.17 * warmth),
      exposure * (1 + 0.02 * rng.between(-1, 1) * strength),
      exposure * (1 - 0.22 * warmth),
    ],
    gamma: 2 ** (rng.between(-0.35, 0.35) * strength),
    falloff: rng.between(0.05, 0.5) * strength,
    angle: rng.between(0, 2 * Math.PI),
    bar: {
      depth: rng.next() < 0.4 ? rng.between(0.15, 0.4) * strength : 0,
      at: rng.between(-0.6, 0.6),
      width: rng.between(0.08, 0.4),
      angle: rng.between(0, Math.PI),
    },
    noise: rng.between(1, 8) * strength,
  }
}

/** Lights a picture in place. */
export function lightPicture({ width, height, data }: Picture, light: Lighting, rng: Rng): void {
  const { gains, gamma, falloff, angle, bar, noise } = light
  const curves = gains.map((gain) =>
    Float32Array.from({ length: 256 }, (_, value) => 255 * ((value / 255) ** gamma * gain)),
  )
  const [red, green, blue] = curves as [Float32Array, Float32Array, Float32Array]
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
  const [bx, by] = [Math.cos(bar.angle), Math.sin(bar.angle)]
  const scale = 2 / Math.max(width, height)
  for (let y = 0, at = 0; y < height; y++) {
    const v = (y - height / 2) * scale
    for (let x = 0; x < width; x++, at += 3) {
      const u = (x - width / 2) * scale
      const across = Math.abs(u * bx + v * by - bar.at) - bar.width
      const shade = across < 0 ? bar.depth * Math.min(1, -across * 18) : 0
      const factor = (1 + falloff * (u * dx + v * dy)) * (1 - shade)
      // The sum of three uniforms is near enough to a normal, and much cheaper.
      const grey = noise > 0 ? noise * (rng.next() + rng.next() + rng.next() - 1.5) * 2 : 0
      data[at] = clamp(red[data[at]!]! * factor + grey)
      data[at + 1] = clamp(green[data[at + 1]!]! * factor + grey)
      data[at + 2] = clamp(blue[data[at + 2]!]! * factor + grey)
    }
  }
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value))
}
