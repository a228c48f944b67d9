import { escapeHtml } from '../../core/index.ts'
import type { PairScores } from '../../metrics/index.ts'

const [width, height, left, top, bottom, bins] = [520, 240, 20, 34, 40, 40] as const

/** How often each score was given to pairs of one thing and of two, as an SVG document. */
export function scoreHistogram(
  { same, different }: PairScores,
  { title, threshold }: { readonly title: string; readonly threshold?: number | undefined },
): string {
  const all = [...same, ...different]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const span = most - least || 1
  const binOf = (score: number): number =>
    Math.min(bins - 1, Math.floor(((score - least) / span) * bins))
  const count = (scores: readonly number[]): number[] => {
    const found = new Array<number>(bins).fill(0)
    for (const score of scores) found[binOf(score)]! += 1 / scores.length
    return found
  }
  const [sames, others] = [count(same), count(different)]
  const highest = Math.max(...sames, ...others)
  const bars = (shares: readonly number[], colour: string): string =>
    shares
      .map((share, i) => {
        const tall = (share / highest) * height
        return share === 0
          ? ''
          : `<rect x="${(left + (i / bins) * width).toFixed(1)}" y="${(top + height - tall).toFixed(1)}" width="${(width / bins).toFixed(1)}" height="${tall.toFixed(1)}" fill="${colour}" fill-opacity="0.55"/>`
      })
      .join('')
  const placeOf = (score: number): number => left + ((score - least) / span) * width
  const inside = threshold !== undefined && threshold >= least && threshold <= most
  const line = inside
    ? `<path d="M${placeOf(threshold)},${top}V${top + height}" stroke="#333" stroke-dasharray="5 4"/><text x="${placeOf(threshold)}" y="${top - 3}" text-anchor="middle">threshold ${threshold.toFixed(3)}</text>`
    : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * left} ${top + height + bottom}" width="${width + 2 * left}" height="${top + height + bottom}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="${left}" y="20" font-weight="bold">${escapeHtml(title)}</text>
<text x="${width + left}" y="20" text-anchor="end"><tspan fill="#1967d2">■ same</tspan> <tspan fill="#d93025">■ different</tspan></text>
${bars(others, '#d93025')}
${bars(sames, '#1967d2')}
<path d="M${left},${top + height}H${left + width}" stroke="#888"/>
${line}
<text x="${left}" y="${top + height + 18}">${least.toFixed(3)}</text>
<text x="${left + width}" y="${top + height + 18}" text-anchor="end">score ${most.toFixed(3)}</text>
</svg>
`
}
