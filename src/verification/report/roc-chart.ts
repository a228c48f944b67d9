import { escapeHtml } from '../../core/index.ts'
import { areaUnderRoc, type ErrorRates, type PairScores, rocCurve } from '../../metrics/index.ts'

const [side, left, top, right, bottom] = [320, 60, 34, 20, 46]

/**
 * The ROC of some pairs as an SVG document, with the point of a threshold.
 * @param title what was scored
 */
export function rocChart(
  scores: PairScores,
  { title, at }: { readonly title: string; readonly at?: ErrorRates | undefined },
): string {
  const place = ({ falseMatchRate, falseNonMatchRate }: ErrorRates): string =>
    `${(left + falseMatchRate * side).toFixed(1)},${(top + falseNonMatchRate * side).toFixed(1)}`
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const [x, y] = [left + share * side, top + (1 - share) * side]
    return `<path d="M${x},${top}V${top + side}M${left},${y}H${left + side}" stroke="#ddd"/>
<text x="${x}" y="${top + side + 16}" text-anchor="middle">${share}</text><text x="${left - 8}" y="${y + 4}" text-anchor="end">${share}</text>`
  })
  const [x, y] = at === undefined ? [] : place(at).split(',')
  const point = at === undefined ? '' : `<circle cx="${x}" cy="${y}" r="5" fill="#d93025"/>`
  const area = areaUnderRoc(scores).toFixed(3)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + side + right} ${top + side + bottom}" width="${left + side + right}" height="${top + side + bottom}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="${left}" y="20" font-weight="bold">${escapeHtml(`${title}: area ${area}`)}</text>
${ticks.join('\n')}
<path d="M${left},${top + side}L${left + side},${top}" stroke="#999" stroke-dasharray="4 4"/>
<polyline points="${rocCurve(scores).map(place).join(' ')}" fill="none" stroke="#1967d2" stroke-width="2"/>
${point}
<text x="${left + side / 2}" y="${top + side + 36}" text-anchor="middle">false-match rate</text>
<text transform="translate(16 ${top + side / 2}) rotate(-90)" text-anchor="middle">share of the same found</text>
</svg>
`
}
