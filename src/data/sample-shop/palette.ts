/** An 8-bit sRGB colour. */
export type Rgb = readonly [number, number, number]

/** The colours of the shop by the name a shopper would use. */
export const palette = {
  red: [198, 40, 44],
  coral: [240, 112, 88],
  orange: [236, 138, 32],
  mustard: [214, 170, 44],
  olive: [122, 126, 52],
  green: [46, 132, 74],
  mint: [142, 206, 176],
  teal: [22, 126, 134],
  sky: [112, 176, 220],
  blue: [38, 84, 172],
  navy: [28, 40, 84],
  purple: [112, 62, 142],
  pink: [232, 144, 174],
  brown: [118, 76, 48],
  sand: [218, 194, 152],
  cream: [246, 238, 220],
  grey: [142, 146, 150],
  black: [44, 44, 48],
} as const satisfies Record<string, Rgb>

/** Name of a colour of the {@link palette}. */
export type ColourName = keyof typeof palette

/** `#rrggbb`. */
export function hex(colour: Rgb): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`
}

/** A colour on the way from one (0) to another (1). */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2): number => from[i] + (to[i] - from[i]) * share
  return [at(0), at(1), at(2)]
}

/** Euclidean distance in sRGB, 0 to 441: enough to keep colours on one product apart. */
export function colourDistance(a: Rgb, b: Rgb): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

/** How light a colour looks, 0 to 255. */
export function lightness([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
