import type { Picture } from './picture.ts'

/** A change of light and colour; 1, 1, 1, 0, 1 changes nothing. */
export interface Light {
  /** Factor on every value. */
  readonly brightness: number
  /** Factor on the distance from mid grey. */
  readonly contrast: number
  /** Factor on the distance from the grey of equal luminance; 0 is a grey picture. */
  readonly saturation: number
  /** Rotation of the colours about the grey axis. */
  readonly hueDegrees: number
  /** Exponent on values in [0, 1], applied last; below 1 lightens the shadows. */
  readonly gamma: number
}

/**
 * A picture in another light, with x the red, green and blue of a pixel in 0..255.
 *
 *   y = 255 clamp((contrast brightness S R x + 127.5 (1 - contrast)) / 255)^gamma
 *   R = cos h I + (1 - cos h) / 3 J + sin h / sqrt 3 K     rotation about the grey axis
 *   S = saturation I + (1 - saturation) 1 l^T              l the Rec. 709 luminance weights
 *
 * J is all ones and K the cross product with (1, 1, 1). Greys stay grey under S and R.
 */
export function changeLight({ width, height, data: source }: Picture, light: Light): Picture {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = colourMatrix(light)
  const offset = 127.5 * (1 - light.contrast) + 0.5
  const curve = gammaCurve(light.gamma)
  const data = new Uint8Array(source.length)
  for (let i = 0; i < source.length; i += 3) {
    const r = source[i]!
    const g = source[i + 1]!
    const b = source[i + 2]!
    const red = m0 * r + m1 * g + m2 * b + offset
    const green = m3 * r + m4 * g + m5 * b + offset
    const blue = m6 * r + m7 * g + m8 * b + offset
    data[i] = curve[red < 0 ? 0 : red > 255 ? 255 : red | 0]!
    data[i + 1] = curve[green < 0 ? 0 : green > 255 ? 255 : green | 0]!
    data[i + 2] = curve[blue < 0 ? 0 : blue > 255 ? 255 : blue | 0]!
  }
  return { width, height, data }
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number]

const luminance = [0.2126, 0.7152, 0.0722] as const

/** contrast * brightness * S R of {@link changeLight}, row-major. */
function colourMatrix({ brightness, contrast, saturation, hueDegrees }: Light): Matrix {
  const angle = (hueDegrees * Math.PI) / 180
  const same = Math.cos(angle) + (1 - Math.cos(angle)) / 3
  const next = (1 - Math.cos(angle)) / 3 - Math.sin(angle) / Math.sqrt(3)
  const last = (1 - Math.cos(angle)) / 3 + Math.sin(angle) / Math.sqrt(3)
  const rotation = [same, next, last, last, same, next, next, last, same]
  const gain = contrast * brightness
  const matrix = rotation.map((value, i) => {
    const column = i % 3
    const grey =
      luminance[0] * rotation[column]! +
      luminance[1] * rotation[column + 3]! +
      luminance[2] * rotation[column + 6]!
    return gain * (saturation * value + (1 - saturation) * grey)
  })
  return matrix as unknown as Matrix
}

function gammaCurve(gamma: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => 255 * (value / 255) ** gamma + 0.5)
}
