import { emblemSvg } from './emblems.ts'
import { type Paint, shadingDefinitions } from './paint.ts'
import { hex, lightness, mix, palette, type Rgb } from './palette.ts'
import { patternDefinition } from './patterns.ts'
import type { ProductDesign } from './product-design.ts'
import { wordSvg } from './stroke-font.ts'

const black: Rgb = [0, 0, 0]

/**
 * SVG of a product on a field of 200 x 200, nothing behind it.
 * @param turn -1 to 1: how far it is turned to one side; its print moves, it gets narrower
 */
export function drawProduct(
  design: ProductDesign,
  turn: number,
  ground: 'shadow' | 'none',
): string {
  const { kind, shape } = design
  const [main, accent, trim] = [palette[design.main], palette[design.accent], palette[design.trim]]
  const definitions =
    patternDefinition('print', design.pattern, {
      main: hex(main),
      accent: hex(accent),
      scale: design.patternScale,
      shift: kind.round ? 26 * turn : 0,
    }) + shadingDefinitions(turn)
  const paint: Paint = {
    main: hex(main),
    accent: hex(accent),
    mainDark: hex(mix(main, black, 0.22)),
    accentDark: hex(mix(accent, black, 0.22)),
    trim: hex(trim),
    shape,
    ground: (x, y, rx) =>
      ground === 'shadow'
        ? `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${4 + rx * 0.08}" fill="url(#shadow)"/>`
        : '',
    label: (x, y, width, height) => {
      const narrow = kind.round ? 1 - 0.32 * Math.abs(turn) : 1
      const middle = x + width / 2 + (kind.round ? 0.34 * turn * width : 0)
      const svg = labelSvg(design, { x: -width / 2, y: -height / 2, width, height })
      return `<g transform="translate(${middle} ${y + height / 2}) scale(${narrow} 1)">${svg}</g>`
    },
  }
  const squeeze = 1 - (kind.round ? 0.04 : 0.3) * Math.abs(turn)
  const skew = (kind.round ? 0 : -9) * turn
  return (
    `<defs>${definitions}</defs>` +
    `<g transform="translate(100 100) skewY(${skew}) scale(${squeeze} 1) translate(-100 -100)">${kind.draw(paint)}</g>`
  )
}

interface Field {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function labelSvg(design: ProductDesign, field: Field): string {
  const { x, y, width, height } = field
  const { brand, emblem, label } = design
  const [main, accent, trim] = [palette[design.main], palette[design.accent], palette[design.trim]]
  const ink = hex(farther(trim, mix(main, black, 0.15), mix(accent, black, 0.15)))
  const plate = `fill="${hex(trim)}" stroke="${ink}" stroke-width="1.6"`
  const middle = { x: x + width / 2, y: y + height / 2 }
  const small = Math.min(width, height) / 2
  if (label === 'plate') {
    return (
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${small * 0.22}" ${plate}/>` +
      emblemSvg(emblem, { x: middle.x, y: y + height * 0.3, radius: height * 0.17, colour: ink }) +
      wordSvg(brand, {
        x: x + width * 0.08,
        y: y + height * 0.54,
        width: width * 0.84,
        height: height * 0.36,
        colour: ink,
        weight: 1.1,
      })
    )
  }
  if (label === 'badge' || label === 'number') {
    const inside =
      label === 'badge'
        ? emblemSvg(emblem, { ...middle, radius: small * 0.62, colour: ink })
        : wordSvg(String(design.number), {
            x: middle.x - small * 0.6,
            y: middle.y - small * 0.55,
            width: small * 1.2,
            height: small * 1.1,
            colour: ink,
            weight: 1.5,
          })
    return `<circle cx="${middle.x}" cy="${middle.y}" r="${small * 0.96}" ${plate}/>${inside}`
  }
  if (label === 'emblem') {
    const at = (radius: number, colour: string): string =>
      emblemSvg(emblem, { ...middle, radius, colour })
    return at(small * 1.04, ink) + at(small * 0.84, hex(trim))
  }
  const word = (colour: string, weight: number): string =>
    wordSvg(brand, { x, y: y + height * 0.22, width, height: height * 0.56, colour, weight })
  return outlined(word, ink, hex(trim))
}

/** A word that stands out from any pattern: the same strokes twice, the wider ones behind. */
function outlined(
  word: (colour: string, weight: number) => string,
  behind: string,
  front: string,
): string {
  return word(behind, 1.5).replace('stroke-width="1.5"', 'stroke-width="3.2"') + word(front, 1.5)
}

function farther(from: Rgb, a: Rgb, b: Rgb): Rgb {
  const distance = (colour: Rgb): number => Math.abs(lightness(colour) - lightness(from))
  return distance(a) >= distance(b) ? a : b
}
