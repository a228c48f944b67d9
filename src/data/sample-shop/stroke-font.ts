/** Strokes of each letter on a field 4 wide and 6 high: a bare machine has no fonts to draw with. */
const strokes: Readonly<Record<string, string>> = {
  A: 'M0 6L2 0L4 6M.7 4H3.3',
  B: 'M0 0V6H2.5Q4 6 4 4.5T2.5 3H0M0 0H2.3Q3.6 0 3.6 1.5T2.3 3',
  C: 'M4 1Q3.3 0 2 0Q0 0 0 3T2 6Q3.3 6 4 5',
  D: 'M0 0V6H1.6Q4 6 4 3T1.6 0Z',
  E: 'M4 0H0V6H4M0 3H3',
  F: 'M4 0H0V6M0 3H3',
  G: 'M4 1Q3.3 0 2 0Q0 0 0 3T2 6Q4 6 4 4V3.3H2.4',
  H: 'M0 0V6M4 0V6M0 3H4',
  I: 'M2 0V6',
  J: 'M4 0V4.3Q4 6 2 6T0 4.3',
  K: 'M0 0V6M4 0L0 3.4M1.4 2.4L4 6',
  L: 'M0 0V6H4',
  M: 'M0 6V0L2 3.6L4 0V6',
  N: 'M0 6V0L4 6V0',
  O: 'M2 0Q0 0 0 3T2 6Q4 6 4 3T2 0Z',
  P: 'M0 6V0H2.4Q4 0 4 1.7T2.4 3.4H0',
  Q: 'M2 0Q0 0 0 3T2 6Q4 6 4 3T2 0ZM2.5 4.3L4 6.3',
  R: 'M0 6V0H2.4Q4 0 4 1.6T2.4 3.2H0M1.9 3.2L4 6',
  S: 'M3.8 .9Q3.2 0 2 0Q.2 0 .2 1.5T2 3T3.9 4.5T2 6Q.7 6 .1 5',
  T: 'M0 0H4M2 0V6',
  U: 'M0 0V4Q0 6 2 6T4 4V0',
  V: 'M0 0L2 6L4 0',
  W: 'M0 0L1 6L2 2.4L3 6L4 0',
  X: 'M0 0L4 6M4 0L0 6',
  Y: 'M0 0L2 3L4 0M2 3V6',
  Z: 'M0 0H4L0 6H4',
  0: 'M2 0Q0 0 0 3T2 6Q4 6 4 3T2 0Z',
  1: 'M.8 1.3L2.2 0V6',
  2: 'M.2 1.4Q.4 0 2 0T3.8 1.6Q3.8 2.8 2.4 4L0 6H4',
  3: 'M.2 .9Q.9 0 2 0T3.7 1.5T2 3T4 4.5T2 6Q.6 6 0 5',
  4: 'M3 6V0L0 4.2H4',
  5: 'M3.8 0H.5L.2 2.8Q1 2.3 2 2.3Q4 2.3 4 4.1T2 6Q.7 6 .1 5',
  6: 'M3.6 .6Q3 0 2.2 0Q0 0 0 3.6Q0 6 2 6T4 4.2T2.1 2.4Q.5 2.4 0 4',
  7: 'M0 0H4L1.4 6',
  8: 'M2 3Q.3 3 .3 1.5T2 0T3.7 1.5T2 3Q0 3 0 4.5T2 6T4 4.5T2 3Z',
  9: 'M.4 5.4Q1 6 1.8 6Q4 6 4 2.4Q4 0 2 0T0 1.8T1.9 3.6Q3.5 3.6 4 2',
}

/** Where and how a word is drawn; it fills the box as far as its shape allows, in the middle. */
export interface WordBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly colour: string
  /** Thickness of the strokes where a letter is 6 high; 1 is bold. */
  readonly weight: number
}

/** SVG of a word of A-Z and 0-9, drawn with strokes. */
export function wordSvg(word: string, { x, y, width, height, colour, weight }: WordBox): string {
  const letters = [...word].map((letter) => strokes[letter] ?? '')
  const [wide, high] = [letters.length * 5.6 - 1.6 + weight, 6 + weight]
  const scale = Math.min(width / wide, height / high)
  const left = x + (width - wide * scale) / 2 + (weight / 2) * scale
  const top = y + (height - high * scale) / 2 + (weight / 2) * scale
  const paths = letters.map((d, i) => `<path transform="translate(${i * 5.6} 0)" d="${d}"/>`)
  return (
    `<g transform="translate(${left} ${top}) scale(${scale})" fill="none" stroke="${colour}" ` +
    `stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g>`
  )
}
