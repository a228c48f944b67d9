import { join } from 'node:path'
import { rngFromSeed } from '../../src/core/index.ts'
import { groceryPairs, readGroceryStore } from '../../src/data/index.ts'
import { openEncoder } from '../../src/encoders/index.ts'
import { errorRates, pairAccuracy } from '../../src/metrics/index.ts'
import { chooseThreshold, encoderVerifier, measurePairs } from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'
import { percent } from './section.ts'

const seed = 1

/** How well the shipped encoder tells whether two photos show the same product. */
export async function sameProduct(context: SectionContext): Promise<string> {
  const { data, models, session, progress, signal } = context
  const store = await readGroceryStore(join(data, 'grocery')).catch(() => undefined)
  if (store === undefined) return 'The Grocery Store was not present when this was written.\n'
  const folder = join(models, 'grocery-triplet')
  const verifier = encoderVerifier(await openEncoder(folder, session))
  try {
    const measured = (split: 'val' | 'test') =>
      measurePairs(verifier, groceryPairs(store, split, rngFromSeed(seed).fork(split)), {
        progress,
        signal,
      })
    const [validation, test] = [await measured('val'), await measured('test')]
    const calibration = { data: 'val', model: verifier.hash, ...validation.scores }
    const rows = [undefined, 0.01].map((falseMatchRate) => {
      const { score } = chooseThreshold(calibration, { falseMatchRate })
      const rates = errorRates(test.scores, score)
      const cells = [
        falseMatchRate === undefined
          ? 'most accurate'
          : `${percent(falseMatchRate)} % false matches`,
        percent(pairAccuracy(test.scores, score)),
        percent(rates.falseMatchRate),
        percent(rates.falseNonMatchRate),
      ]
      return `| ${cells.join(' | ')} |`
    })
    return `### The same product?

The shipped encoder \`grocery-triplet\` on pairs of Grocery Store photos, drawn by chance (seed ${seed}): each photo with another one of its product and with one of another
product. Thresholds are chosen on ${validation.scored.length} pairs of val photos, the figures are of ${test.scored.length} pairs of test photos, in percent. Area under the ROC ${percent(test.areaUnderRoc)}, equal
error rate ${percent(test.equalErrorRate)}. The products are those that the encoder learned, the photos are not.

| threshold, chosen on val | accuracy | false matches | false non-matches |
|---|---|---|---|
${rows.join('\n')}
`
  } finally {
    await verifier.close()
  }
}
