import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { evaluateFashion, type FashionReport } from '../../src/curation/index.ts'
import { findFashionSet, readFashionSet } from '../../src/data/index.ts'
import { openEncoder } from '../../src/encoders/index.ts'
import { percent, type SectionContext } from './section.ts'

/** Of the distorted photos. */
const seed = 1

/** Reports frozen encoders on the Fashion Product Images; nothing is trained or chosen. */
export async function fashionSection(options: SectionContext): Promise<string> {
  const { data, models, mobilenet, progress, signal } = options
  const fashion = join(data, 'fashion')
  if ((await findFashionSet(fashion)) === undefined)
    return '## Fashion\n\nThe data set was not present when this was written.\n'
  const set = await readFashionSet(fashion)
  const encoders = {
    'frozen MobileNetV1 (ImageNet), 224 px': mobilenet,
    'triplet on the Grocery Store (shipped)': join(models, 'grocery-triplet'),
  }
  const measured: { readonly name: string; readonly report: FashionReport }[] = []
  for (const [name, path] of Object.entries(encoders)) {
    if ((await stat(path).catch(() => undefined)) === undefined) continue
    const encoder = await openEncoder(path, { settings: { mean: 0.5, std: 0.5 } })
    try {
      const asked = { set, encoder, split: 'test', seed, progress, signal } as const
      measured.push({ name, report: await evaluateFashion(asked) })
    } finally {
      await encoder.close()
    }
  }
  return render(set.products.length, measured)
}

function render(
  products: number,
  measured: readonly { readonly name: string; readonly report: FashionReport }[],
): string {
  const rows = measured.map(({ name, report: { attributes, distorted } }) => {
    const { p1, p5, shareOf5 } = attributes
    const found = [distorted.p1, distorted.p5, distorted.p10, distorted.meanReciprocalRank]
    return `| ${[name, ...[p1, p5, shareOf5, ...found].map(percent)].join(' | ')} |`
  })
  const [first] = measured
  const { queries = 0, possible = 0, chanceP5 = 0 } = first?.report.attributes ?? {}
  return `## Fashion: the same type and colour, and a product by a distorted photo

Fashion Product Images, ${products} products with one picture of 60 x 80 px each. The ${queries} products of our test split (a tenth, by a hash
of the title; nobody published one) look among all others for one of the same article type and base colour, and among all for themselves
with a photo that was cropped, seen at a slant and put in other light (seed ${seed}). In percent; MRR counts the first ten hits. For ${percent(possible)} % of
the queries there is another product of their type and colour; five drawn by lot would hold one in ${percent(chanceP5)} %. The encoders never saw this data.

| encoder | type and colour P@1 | P@5 | share of 5 | distorted P@1 | P@5 | P@10 | MRR |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
