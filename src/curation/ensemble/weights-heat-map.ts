import type { WeightTrial } from './search-weights.ts'

/** What {@link weightsHeatMap} draws. */
export interface HeatMapInput {
  /** Of the encoders, in the order of the weights. */
  readonly names: readonly string[]
  readonly trials: readonly WeightTrial[]
  readonly best: WeightTrial
}

/** A square of the map: the best trial with these two weights. */
interface Cell {
  readonly x: number
  readonly y: number
  readonly trial: WeightTrial
}

const [side, left, top] = [48, 70, 60]

/**
 * P@5 over the weights as an SVG document: of three encoders a triangle whose corners are all weight on one
 * of them; otherwise the weights of the first two, and of more than three encoders a square shows the
 * best that any weights of the others reach. The chosen one is framed.
 * @see Ahemad et al. 2024, figure 7
 */
export function weightsHeatMap(input: HeatMapInput): string {
  const { names, trials, best } = input
  const xs = axisOf(trials, 0)
  const ys = names.length > 2 ? axisOf(trials, 1) : [0]
  const triangle = names.length === 3
  const cells = cellsOf(input, names.length > 2)
  const shares = cells.map(({ trial }) => trial.table.p5)
  const [least, most] = [Math.min(...shares), Math.max(...shares)]
  const width = left + xs.length * side + 20
  const height = top + ys.length * side + 50
  const squares = cells.map(({ x, y, trial }) => {
    const share = most === least ? 1 : (trial.table.p5 - least) / (most - least)
    const [column, row] = [xs.indexOf(x), ys.indexOf(y)]
    const px = left + (triangle ? column + row / 2 : column) * side
    const py = top + (triangle ? ys.length - 1 - row : row) * side
    const frame = trial === best ? ' stroke="#d93025" stroke-width="3"' : ' stroke="white"'
    return [
      `<rect x="${px}" y="${py}" width="${side}" height="${side}" fill="${colourOf(share)}"${frame}/>`,
      text(px + side / 2, py + side / 2 + 4, (trial.table.p5 * 100).toFixed(1), {
        fill: share > 0.5 ? 'white' : 'black',
      }),
    ].join('')
  })
  const chosen = names.map((name, e) => `${name}=${best.weights[e]}`).join(', ')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${text(10, 20, escaped(`P@5 in percent; best ${chosen}`), { anchor: 'start' })}
${squares.join('\n')}
${(triangle ? corners(names, xs.length) : axes(names, { xs, ys })).join('\n')}
</svg>
`
}

/** Names at the corners of a triangle of so many squares a side. */
function corners([first = '', second = '', third = '']: readonly string[], count: number) {
  const below = top + count * side + 20
  return [
    text(left + (count * side) / 2, top - 10, escaped(`all weight on ${second}`)),
    text(left, below, escaped(`all weight on ${third}`), { anchor: 'start' }),
    text(left + count * side, below, escaped(`all weight on ${first}`), { anchor: 'end' }),
  ]
}

function axes(
  [first = '', second = '', ...others]: readonly string[],
  { xs, ys }: { readonly xs: readonly number[]; readonly ys: readonly number[] },
): string[] {
  const bottom = top + ys.length * side
  const rest = others.length === 0 ? second : others.join(' and ')
  const marks = [
    text(10, 38, escaped(`what is left of 1 goes to ${rest}`), { anchor: 'start', fill: '#666' }),
    ...xs.map((x, i) => text(left + (i + 0.5) * side, bottom + 16, String(x))),
    text(left + (xs.length * side) / 2, bottom + 36, escaped(first)),
  ]
  if (others.length === 0) return marks
  return [
    ...marks,
    ...ys.map((y, i) => text(left - 8, top + (i + 0.5) * side + 4, String(y), { anchor: 'end' })),
    `<g transform="translate(16 ${(top + bottom) / 2}) rotate(-90)">${text(0, 0, escaped(second))}</g>`,
  ]
}

function axisOf(trials: readonly WeightTrial[], encoder: number): number[] {
  return [...new Set(trials.map(({ weights }) => weights[encoder] ?? 0))].sort((a, b) => a - b)
}

/** The best comes last: its frame lies over its neighbours. */
function cellsOf({ trials, best }: HeatMapInput, flat: boolean): Cell[] {
  const cells = new Map<string, Cell>()
  for (const trial of trials) {
    const [x = 0, second = 0] = trial.weights
    const y = flat ? second : 0
    const known = cells.get(`${x} ${y}`)
    if (known?.trial === best) continue
    if (known === undefined || trial === best || trial.table.p5 > known.trial.table.p5)
      cells.set(`${x} ${y}`, { x, y, trial })
  }
  return [...cells.values()].sort((a, b) => Number(a.trial === best) - Number(b.trial === best))
}

/** From near white to dark blue. */
function colourOf(share: number): string {
  const mix = (from: number, to: number): number => Math.round(from + share * (to - from))
  return `rgb(${mix(240, 8)},${mix(246, 64)},${mix(255, 140)})`
}

function text(
  x: number,
  y: number,
  words: string,
  { anchor = 'middle', fill = 'black' }: { readonly anchor?: string; readonly fill?: string } = {},
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${words}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
