import { between, covered, type Paint, printed, tube } from './paint.ts'

/** A plant in its pot. */
export function plantPot({ mainDark, shape, label, ground }: Paint): string {
  const [w, h, kind] = [between(82, 116, shape[0]), between(66, 88, shape[1]), shape[2]]
  const b = 190
  const y = b - h
  const pot = `M${100 - w / 2 + 4} ${y}L${100 - w * 0.34} ${b - 4}Q100 ${b + 6} ${100 + w * 0.34} ${b - 4}L${100 + w / 2 - 4} ${y}Z`
  const rim = `M${100 - w / 2} ${y - 14}H${100 + w / 2}V${y + 2}Q100 ${y + 9} ${100 - w / 2} ${y + 2}Z`
  const leaves = kind < 0.34 ? cactus(y) : kind < 0.67 ? fronds(y) : bush(y)
  return (
    ground(100, b, w * 0.55) +
    leaves +
    printed(pot, 'round') +
    covered(rim, mainDark, 'round') +
    label(100 - w * 0.25, y + h * 0.24, w * 0.5, h * 0.5)
  )
}

function cactus(y: number): string {
  const green = '#3f7d4d'
  const spines = [0, 1, 2, 3, 4].map((i) => `M92 ${y - 24 - i * 15}h4M106 ${y - 30 - i * 15}h4`)
  return (
    tube(`M100 ${y - 10}V${y - 92}`, green, 30) +
    tube(`M100 ${y - 40}H66V${y - 66}`, green, 15) +
    tube(`M100 ${y - 52}H134V${y - 84}`, green, 15) +
    `<path stroke="#e9f0d8" stroke-width="1.4" d="${spines.join('')}"/>`
  )
}

function fronds(y: number): string {
  return [-64, -40, -14, 14, 38, 62]
    .map((angle, i) => {
      const colour = i % 2 === 0 ? '#4c9a5b' : '#2f7a48'
      return `<path transform="translate(100 ${y - 10}) rotate(${angle})" fill="${colour}" stroke="#1f5131" d="M0 0C-16 -34 -12 -74 0 -102C12 -74 16 -34 0 0Z"/>`
    })
    .join('')
}

function bush(y: number): string {
  const balls = [
    [70, 32],
    [130, 32],
    [84, 58],
    [116, 58],
    [100, 78],
    [100, 42],
  ] as const
  return balls
    .map(([x, up]) => covered(circle(x, y - up, 26), up > 50 ? '#68a84f' : '#4d8c3f', 'ball'))
    .join('')
}

/** A hardback book standing a little turned. */
export function book({ mainDark, trim, accent, shape, label, ground }: Paint): string {
  const [w, h, thick] = [
    between(96, 124, shape[0]),
    between(136, 162, shape[1]),
    between(14, 30, shape[2]),
  ]
  const [x, y] = [100 - (w - thick) / 2, 100 - h / 2]
  const [r, b] = [x + w - thick * 0.4, y + h]
  const spine = `M${x} ${y}L${x - thick} ${y + 7}V${b - 3}L${x} ${b}Z`
  const pages = `M${x - thick + 3} ${y + 7}L${x + 2} ${y}H${r - 3}L${r - thick} ${y + 7}Z`
  const cover = `M${x} ${y}H${r}Q${r + 3} ${y + 4} ${r + 2} ${b}H${x}Z`
  return (
    ground(100, b, w * 0.62) +
    covered(pages, '#efe9da', 'flat') +
    covered(spine, mainDark, 'round') +
    printed(cover, 'flat') +
    `<path fill="${accent}" d="M${x - thick} ${y + 26}L${x} ${y + 20}V${y + 26}L${x - thick} ${y + 32}Z"/>` +
    `<path stroke="#000" stroke-opacity=".25" stroke-width="2" d="M${x + 7} ${y}V${b}"/>` +
    `<path fill="none" stroke="${trim}" stroke-width="2" d="M${x + 14} ${y + 9}H${r - 6}V${b - 9}H${x + 14}Z"/>` +
    label(x + w * 0.16, y + h * 0.14, w * 0.62, h * 0.36)
  )
}

/** A table lamp. */
export function lamp({ accent, accentDark, shape, label, ground }: Paint): string {
  const [top, bottom, kind] = [between(24, 54, shape[0]), between(58, 80, shape[1]), shape[2]]
  const shade = `M${100 - top} 20Q100 13 ${100 + top} 20L${100 + bottom} 104Q100 115 ${100 - bottom} 104Z`
  const foot =
    kind < 0.34
      ? covered('M92 108H108V172H92Z', accentDark, 'round') +
        covered('M58 172Q100 162 142 172V184Q100 194 58 184Z', accent, 'round')
      : kind < 0.67
        ? covered(
            'M90 108Q94 122 70 142Q64 176 82 186H118Q136 176 130 142Q106 122 110 108Z',
            accent,
            'ball',
          )
        : tube('M100 110L66 186M100 110L134 186M100 110V186', accentDark, 7)
  return (
    ground(100, 186, 60) +
    foot +
    printed(shade, 'round') +
    `<path fill="none" stroke="#000" stroke-opacity=".3" stroke-width="2.5" d="M${100 - bottom} 103Q100 114 ${100 + bottom} 103M${100 - top} 21Q100 14 ${100 + top} 21"/>` +
    label(100 - bottom * 0.42, 48, bottom * 0.84, 34)
  )
}

/** A cushion, plump in the middle. */
export function cushion({ accent, shape, label }: Paint): string {
  const [w, h, bulge] = [
    between(66, 80, shape[0]),
    between(50, 78, shape[1]),
    between(4, 18, shape[2]),
  ]
  const [l, r, t, b] = [100 - w, 100 + w, 100 - h, 100 + h]
  const edge =
    `M${l} ${t}Q100 ${t + bulge} ${r} ${t}Q${r - bulge} 100 ${r} ${b}` +
    `Q100 ${b - bulge} ${l} ${b}Q${l + bulge} 100 ${l} ${t}Z`
  return (
    printed(edge, 'ball') +
    `<path fill="none" stroke="${accent}" stroke-width="4.5" d="${edge}"/>` +
    `<path fill="none" stroke="#000" stroke-opacity=".16" stroke-width="3" d="M${l + 8} ${t + 8}Q${l + 30} ${t + 22} ${l + 34} ${t + 40}M${r - 8} ${b - 8}Q${r - 34} ${b - 22} ${r - 36} ${b - 42}M${r - 8} ${t + 8}Q${r - 26} ${t + 20} ${r - 30} ${t + 30}"/>` +
    label(100 - w * 0.4, 100 - h * 0.36, w * 0.8, h * 0.72)
  )
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 1 ${2 * radius} 0a${radius} ${radius} 0 1 1 ${-2 * radius} 0Z`
}
