/** A line of {@link precisionChart}. */
export interface PrecisionLine {
  readonly name: string
  readonly colour: string
  /** Dotted instead of drawn through. */
  readonly dotted: boolean
  /** Precision at 1, 2, 3 and so on, each from 0 to 1. */
  readonly precisions: readonly number[]
}

const [width, height, left, right, top, bottom] = [760, 420, 50, 230, 40, 40]

/** Precision by k of several encoders as an SVG document. */
export function precisionChart(title: string, lines: readonly PrecisionLine[]): string {
  const all = lines.flatMap(({ precisions }) => precisions)
  const low = Math.floor(Math.min(...all) * 10) / 10
  const high = Math.max(Math.ceil(Math.max(...all) * 10) / 10, low + 0.1)
  const count = Math.max(...lines.map(({ precisions }) => precisions.length))
  const x = (k: number): number =>
    left + ((k - 1) / Math.max(count - 1, 1)) * (width - left - right)
  const y = (p: number): number => top + ((high - p) / (high - low)) * (height - top - bottom)
  const axisY = height - bottom
  const steps = Math.round((high - low) * 10)
  const grid = Array.from({ length: steps + 1 }, (_, i) => {
    const p = low + i / 10
    return `<path d="M${left},${y(p).toFixed(1)}H${width - right}" stroke="#ddd"/>${text(left - 6, y(p) + 4, (p * 100).toFixed(0), 'end')}`
  })
  const ticks = Array.from({ length: count }, (_, i) => i + 1)
    .filter((k) => k === 1 || k % 5 === 0)
    .map((k) => text(x(k), axisY + 16, String(k), 'middle'))
  const drawn = lines.map(({ colour, dotted, precisions }) => {
    const points = precisions.map((p, i) => `${x(i + 1).toFixed(1)},${y(p).toFixed(1)}`)
    const dashes = dotted ? ' stroke-dasharray="2 4"' : ''
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`
  })
  const legend = lines.map(({ name, colour, dotted }, i) => {
    const at = top + 10 + i * 20
    const from = width - right + 16
    const dashes = dotted ? ' stroke-dasharray="2 4"' : ''
    return `<path d="M${from},${at}h26" stroke="${colour}" stroke-width="2"${dashes}/>${text(from + 32, at + 4, name, 'start')}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${text(left, 22, title, 'start')}
${[...grid, ...ticks, ...drawn, ...legend].join('\n')}
<path d="M${left},${top}V${axisY}H${width - right}" fill="none" stroke="#888"/>
${text((left + width - right) / 2, height - 8, 'k', 'middle')}
</svg>
`
}

function text(x: number, y: number, words: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
}
