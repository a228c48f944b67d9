/** What the drawing of a kind of product is given; it draws on a field of 200 x 200. */
export interface Paint {
  /** Colours as `#rrggbb`: of the product, what is printed on it, and both lighter and darker. */
  readonly main: string
  readonly accent: string
  readonly mainDark: string
  readonly accentDark: string
  /** Trim that goes with both: white, cream, brown or black. */
  readonly trim: string
  /** Proportions of this design, each 0 to 1. */
  readonly shape: readonly [number, number, number]
  /** The shadow under it where it stands, of this half width; nothing where it is cut out. */
  ground(x: number, y: number, halfWidth: number): string
  /** The printed label, fitted into a box. */
  label(x: number, y: number, width: number, height: number): string
}

/** How light falls on a surface. */
export type Shading = 'round' | 'flat' | 'ball'

/** An outline covered with the product's pattern and shaded. */
export function printed(outline: string, shading: Shading): string {
  return covered(outline, 'url(#print)', shading)
}

/** An outline of one colour, shaded. */
export function covered(outline: string, fill: string, shading: Shading): string {
  return (
    `<path d="${outline}" fill="${fill}"/>` +
    `<path d="${outline}" fill="url(#${shading})" stroke="#000" stroke-opacity=".28" stroke-width="1"/>`
  )
}

/** A tube of one colour along a line: handles, straps, stems. */
export function tube(line: string, colour: string, width: number): string {
  const stroke = `fill="none" stroke-linecap="round" stroke-linejoin="round" d="${line}"`
  return (
    `<path ${stroke} stroke="#000" stroke-opacity=".3" stroke-width="${width + 1.6}"/>` +
    `<path ${stroke} stroke="${colour}" stroke-width="${width}"/>` +
    `<path ${stroke} stroke="#fff" stroke-opacity=".22" stroke-width="${width * 0.35}"/>`
  )
}

/** A number on the way from low to high. */
export function between(low: number, high: number, share: number): number {
  return Math.round((low + (high - low) * share) * 10) / 10
}

/** The definitions behind {@link Shading}; `turn` from -1 to 1 moves the light to one side. */
export function shadingDefinitions(turn: number): string {
  const lit = 0.36 - 0.2 * turn
  const stop = (offset: number, colour: string, opacity: number): string =>
    `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`
  const black = '#000'
  const white = '#fff'
  return (
    `<linearGradient id="round">${stop(0, black, 0.34)}${stop(lit - 0.1, white, 0.05)}` +
    `${stop(lit, white, 0.34)}${stop(lit + 0.12, white, 0)}${stop(0.72, black, 0.06)}${stop(1, black, 0.46)}</linearGradient>` +
    `<linearGradient id="flat" x1="${0.5 - 0.5 * turn}" y1="0" x2="${0.5 + 0.6 * turn}" y2="1">` +
    `${stop(0, white, 0.16)}${stop(0.5, white, 0)}${stop(1, black, 0.2)}</linearGradient>` +
    `<radialGradient id="ball" cx="${lit}" cy=".34" r=".8">` +
    `${stop(0, white, 0.3)}${stop(0.45, white, 0)}${stop(1, black, 0.42)}</radialGradient>` +
    `<radialGradient id="shadow">${stop(0.2, black, 0.4)}${stop(1, black, 0)}</radialGradient>`
  )
}
