import { expect, test } from 'vitest'
import { errorReport } from './error-report.ts'
import { rocChart } from './roc-chart.ts'
import { scoreHistogram } from './score-histogram.ts'

const evil = `"><script>alert('&')</script>`
const pair = (same: boolean, score: number, name = 'Ada_Lovelace') => ({
  same,
  score,
  people: [name, same ? name : 'Alan_Turing'] as const,
  paths: ['gone-1.jpg', `${name}.jpg`] as const,
})
const scored = [
  pair(true, 3),
  pair(true, 2),
  pair(true, -1, evil),
  pair(false, 2.5),
  pair(false, -2),
  pair(false, -3),
]
const scores = { same: [3, 2, -1], different: [2.5, -2, -3] }
const measured = {
  scored,
  scores,
  areaUnderRoc: 0.9,
  equalErrorRate: 1 / 3,
  skipped: [],
  droppedPairs: 2,
}

test('every pair is in the gallery where decision and truth put it, errors from the worst on', async () => {
  const report = { title: evil, measured, threshold: 0, thresholdFrom: evil, shown: 2 }
  const html = await errorReport({ ...report, probability: (score) => 1 / (1 + Math.exp(-score)) })
  const galleries = html.split('<section>').slice(1)
  const shown = galleries.map((gallery) => [
    /<h2>([^<]*?) </.exec(gallery)![1],
    ...[...gallery.matchAll(/<b>([^<]*)<\/b>/g)].map(([, score]) => Number(score)),
  ])
  expect(shown).toEqual([
    ['False positives', 2.5],
    ['False negatives', -1],
    ['True positives', 2, 3],
    ['True negatives', -2, -3],
  ])
  expect(html).toContain('73.1 % likely the same'.replace('73.1', '26.9'))
  expect(html).toContain('6 (2 dropped)')
  expect(html).toContain('cannot be read')
  expect(html).not.toContain('<script')
})

test('the charts hold the figures and escape their titles', () => {
  const roc = rocChart(scores, {
    title: evil,
    at: { falseMatchRate: 1 / 3, falseNonMatchRate: 1 / 3 },
  })
  expect(roc).toContain(': area 0.778')
  expect(roc).toMatch(/<circle cx="166.7" cy="140.7"/)
  const histogram = scoreHistogram(scores, { title: evil, threshold: 0 })
  // six scores in six bins, the highest bar of each kind a third of its pairs
  expect(histogram.match(/fill-opacity/g)).toHaveLength(6)
  expect(histogram).toContain('threshold 0.000')
  expect(scoreHistogram({ same: [1], different: [1] }, { title: 'x', threshold: 9 })).not.toContain(
    'threshold',
  )
  for (const svg of [roc, histogram]) expect(svg).not.toContain('<script')
})
