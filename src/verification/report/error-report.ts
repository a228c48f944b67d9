import { escapeHtml, htmlPage } from '../../core/index.ts'
import { type FileThumbnails, fileThumbnails, type Thumbnail } from '../../data/index.ts'
import { errorRates, pairAccuracy } from '../../metrics/index.ts'
import type { ScoredPair } from '../comparing/score-pairs.ts'
import type { MeasuredPairs } from './measure-pairs.ts'
import { errorReportStyle } from './report-style.ts'
import { rocChart } from './roc-chart.ts'
import { scoreHistogram } from './score-histogram.ts'

/** What {@link errorReport} shows. */
export interface ErrorReport {
  readonly title: string
  readonly measured: MeasuredPairs
  /** Scores from here on are taken for the same. */
  readonly threshold: number
  /** Where the threshold comes from, in a few words. */
  readonly thresholdFrom: string
  /** How likely a score is to mean the same; left out where nothing has calibrated it. */
  readonly probability?: ((score: number) => number) | undefined
  /** Pairs shown of each kind; default 12. */
  readonly shown?: number
}

/** One of the four ways in which a decision and the truth meet. */
interface Outcome {
  readonly name: string
  readonly what: string
  readonly right: boolean
  readonly pairs: readonly ScoredPair[]
}

/**
 * The errors of a verifier as one HTML file, as in paper 004: ROC, histogram and galleries of true and false
 * positives and negatives with their scores. It needs no server, network or script, and every text is escaped.
 * Errors are shown from the worst on, right decisions from the least certain on.
 */
export async function errorReport(report: ErrorReport): Promise<string> {
  const { title, measured, threshold, thresholdFrom, shown = 12 } = report
  const { scores, scored, areaUnderRoc, equalErrorRate, droppedPairs } = measured
  const rates = errorRates(scores, threshold)
  const thumbnails = fileThumbnails(160)
  const sections: string[] = []
  for (const outcome of outcomesOf(scored, threshold))
    sections.push(await galleryHtml(outcome, { report, thumbnails, shown }))
  const figures: readonly (readonly [string, string])[] = [
    ['accuracy', percent(pairAccuracy(scores, threshold))],
    ['area under ROC', percent(areaUnderRoc)],
    ['equal error rate', percent(equalErrorRate)],
    ['false matches', percent(rates.falseMatchRate)],
    ['false non-matches', percent(rates.falseNonMatchRate)],
    ['threshold', threshold.toFixed(4)],
    ['pairs', `${scored.length}${droppedPairs === 0 ? '' : ` (${droppedPairs} dropped)`}`],
  ]
  return htmlPage({
    title,
    style: errorReportStyle,
    body: `<h1>${escapeHtml(title)}</h1>
<p>The threshold is ${escapeHtml(thresholdFrom)}. A pair whose score reaches it is taken for the same.</p>
<dl>${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
<div class="charts">
${rocChart(scores, { title: 'ROC', at: rates })}
${scoreHistogram(scores, { title: 'Scores', threshold })}
</div>
${sections.join('\n')}`,
  })
}

function outcomesOf(scored: readonly ScoredPair[], threshold: number): Outcome[] {
  const of = (same: boolean, taken: boolean): ScoredPair[] =>
    scored
      .filter((pair) => pair.same === same && pair.score >= threshold === taken)
      // the most telling first: errors far beyond the threshold, right decisions near it
      .sort((a, b) => (same ? a.score - b.score : b.score - a.score))
  return [
    { name: 'False positives', what: 'two, taken for one', right: false, pairs: of(false, true) },
    { name: 'False negatives', what: 'one, taken for two', right: false, pairs: of(true, false) },
    { name: 'True positives', what: 'one, and taken for one', right: true, pairs: of(true, true) },
    {
      name: 'True negatives',
      what: 'two, and taken for two',
      right: true,
      pairs: of(false, false),
    },
  ]
}

async function galleryHtml(
  { name, what, right, pairs }: Outcome,
  {
    report,
    thumbnails,
    shown,
  }: {
    readonly report: ErrorReport
    readonly thumbnails: FileThumbnails
    readonly shown: number
  },
): Promise<string> {
  const cards = await Promise.all(
    pairs.slice(0, shown).map(async (pair) => {
      const pictures = await Promise.all(pair.paths.map(thumbnails))
      const likely =
        report.probability === undefined
          ? ''
          : ` · ${percent(report.probability(pair.score))} likely the same`
      return `<figure class="${right ? 'right' : 'wrong'}"><div>${pictures.map((picture, i) => pictureHtml(picture, pair.people[i]!)).join('')}</div><figcaption><b>${pair.score.toFixed(4)}</b>${likely}<br>${escapeHtml([...new Set(pair.people)].map(spaced).join(' / '))}</figcaption></figure>`
    }),
  )
  const order = right ? 'the least certain first' : 'the worst first'
  return `<section>
<h2>${name} <small>${pairs.length} pairs: ${what}; ${order}</small></h2>
<div class="gallery">${cards.join('\n')}</div>
</section>`
}

function pictureHtml(thumbnail: Thumbnail | undefined, caption: string): string {
  if (thumbnail === undefined) return '<span class="gone">cannot be read</span>'
  const { source, width, height } = thumbnail
  return `<img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(spaced(caption))}">`
}

const spaced = (name: string): string => name.replaceAll('_', ' ')
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
