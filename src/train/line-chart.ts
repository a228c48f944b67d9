/** A named line of a chart. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const [width, height, left, bottom, top] = [640, 160, 60, 30, 24]

/** Small charts, one a series, above each other on a common axis, as an SVG document. */
export function lineChart(xName: string, series: readonly Series[]): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x))
  const [low, high] = range(xs)
  const charts = series.map((one, i) => panel(one, i * height, [low, high], xName))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${series.length * height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${charts.join('\n')}
</svg>
`
}

function panel(
  { name, points }: Series,
  y0: number,
  [low, high]: [number, number],
  xName: string,
): string {
  const [least, most] = range(points.map(([, y]) => y))
  const place = ([x, y]: readonly [number, number]): string => {
    const px = left + ((x - low) / (high - low)) * (width - left - 16)
    const py = y0 + height - bottom - ((y - least) / (most - least)) * (height - bottom - top)
    return `${px.toFixed(1)},${py.toFixed(1)}`
  }
  const text = (x: number, y: number, anchor: string, words: string): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`
  const axisY = y0 + height - bottom
  return [
    `<path d="M${left},${y0 + top}V${axisY}H${width - 16}" fill="none" stroke="#888"/>`,
    `<polyline points="${points.map(place).join(' ')}" fill="none" stroke="#1967d2" stroke-width="1.5"/>`,
    text(left, y0 + 15, 'start', name),
    text(left - 4, y0 + top + 8, 'end', short(most)),
    text(left - 4, axisY, 'end', short(least)),
    text(left, axisY + 14, 'middle', short(low)),
    text(width - 16, axisY + 14, 'end', `${xName} ${short(high)}`),
  ].join('\n')
}

function range(numbers: readonly number[]): [number, number] {
  const least = Math.min(...numbers)
  const most = Math.max(...numbers)
  if (!Number.isFinite(least)) return [0, 1]
  return least === most ? [least - 0.5, most + 0.5] : [least, most]
}

const short = (x: number): string => String(Number(x.toPrecision(3)))
