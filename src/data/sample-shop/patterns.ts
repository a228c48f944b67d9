import { emblems } from './emblems.ts'

/** What a pattern is made from. */
export interface PatternInk {
  /** `#rrggbb` of the ground and of what is printed on it. */
  readonly main: string
  readonly accent: string
  /** Size of the repeat: 1 is usual, 0.7 fine, 1.4 bold. */
  readonly scale: number
  /** Sideways shift in units of the product's field: a round product turns under its outline. */
  readonly shift: number
}

type Tile = (ink: PatternInk) => { readonly size: readonly [number, number]; readonly body: string }

const flower = `<g>${[0, 72, 144, 216, 288]
  .map((angle) => `<ellipse cx="0" cy="-5" rx="3.4" ry="4.8" transform="rotate(${angle})"/>`)
  .join('')}</g>`

const tiles = {
  stripes: ({ accent }) => ({ size: [20, 20], body: `<path fill="${accent}" d="M0 0H20V9H0Z"/>` }),
  bars: ({ accent }) => ({ size: [18, 18], body: `<path fill="${accent}" d="M0 0H8V18H0Z"/>` }),
  pinstripes: ({ accent }) => ({
    size: [9, 9],
    body: `<path fill="${accent}" d="M0 0H1.8V9H0Z"/>`,
  }),
  diagonal: ({ accent }) => ({
    size: [20, 20],
    body: `<path stroke="${accent}" stroke-width="7" d="M-5 5L5 -5M-5 25L25 -5M15 25L25 15"/>`,
  }),
  dots: ({ accent }) => ({
    size: [20, 20],
    body: `<g fill="${accent}"><circle cx="5" cy="5" r="4"/><circle cx="15" cy="15" r="4"/></g>`,
  }),
  checks: ({ accent }) => ({
    size: [24, 24],
    body: `<path fill="${accent}" d="M0 0H12V12H0ZM12 12H24V24H12Z"/>`,
  }),
  tartan: ({ accent }) => ({
    size: [28, 28],
    body:
      `<g fill="${accent}"><path fill-opacity=".55" d="M0 0H10V28H0Z"/>` +
      '<path fill-opacity=".55" d="M0 0H28V10H0Z"/><path d="M18 0H20V28H18ZM0 18H28V20H0Z"/></g>',
  }),
  zigzag: ({ accent }) => ({
    size: [20, 18],
    body: `<path fill="none" stroke="${accent}" stroke-width="5" d="M-5 18L5 5L15 18L25 5M-5 0L5 -13L15 0L25 -13"/>`,
  }),
  waves: ({ accent }) => ({
    size: [28, 16],
    body: `<path fill="none" stroke="${accent}" stroke-width="4" d="M-7 8Q0 -2 7 8T21 8T35 8"/>`,
  }),
  diamonds: ({ accent }) => ({
    size: [20, 28],
    body: `<path fill="${accent}" d="M10 2L18 14L10 26L2 14Z"/>`,
  }),
  floral: ({ main, accent }) => ({
    size: [34, 34],
    body: [
      [9, 10],
      [26, 27],
    ]
      .map(
        ([x, y]) =>
          `<g transform="translate(${x} ${y})" fill="${accent}">${flower}<circle r="2.6" fill="${main}"/></g>`,
      )
      .join(''),
  }),
  stars: ({ accent }) => ({
    size: [26, 26],
    body: [
      [7, 7],
      [20, 20],
    ]
      .map(
        ([x, y]) =>
          `<path transform="translate(${x} ${y}) scale(6)" fill="${accent}" d="${emblems.star}"/>`,
      )
      .join(''),
  }),
} as const satisfies Record<string, Tile>

/** Name of a pattern; plain and gradient have no repeat. */
export type PatternName = keyof typeof tiles | 'plain' | 'gradient'

/** All of them. */
export const patternNames: readonly PatternName[] = [
  'plain',
  'gradient',
  ...(Object.keys(tiles) as (keyof typeof tiles)[]),
]

/** The SVG definition of a paint with this id, to be used as fill="url(#id)". */
export function patternDefinition(id: string, name: PatternName, ink: PatternInk): string {
  const { main, accent, scale, shift } = ink
  if (name === 'plain') {
    return `<linearGradient id="${id}"><stop stop-color="${main}"/></linearGradient>`
  }
  if (name === 'gradient') {
    return (
      `<linearGradient id="${id}" x1="0" y1="0" x2=".25" y2="1">` +
      `<stop offset=".15" stop-color="${main}"/><stop offset=".9" stop-color="${accent}"/></linearGradient>`
    )
  }
  const { size, body } = tiles[name](ink)
  return (
    `<pattern id="${id}" width="${size[0]}" height="${size[1]}" patternUnits="userSpaceOnUse" ` +
    `patternTransform="translate(${shift} 0) scale(${scale})">` +
    `<path fill="${main}" d="M-1 -1H${size[0] + 1}V${size[1] + 1}H-1Z"/>${body}</pattern>`
  )
}
