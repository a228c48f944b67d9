import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { precisionAtK } from '../../src/metrics/index.ts'
import { bestMember } from './best-member.ts'
import type { SectionContext } from './context.ts'
import { seedsOf } from './gallery-study.ts'
import { type GroceryRun, type Kind, kinds } from './grocery-runs.ts'
import type { GroceryStudy } from './grocery-study.ts'
import { notRun, percent, ship } from './section.ts'
import { wayName } from './table-one.ts'
import { type Compared, verdict } from './verdict.ts'
import { frozen, type Way, weightedTriple } from './ways.ts'

/** Ships the seed of each retriever that is best on val, and says what the ensemble is worth. */
export async function shippingSection(
  study: GroceryStudy,
  context: SectionContext,
): Promise<string> {
  const lines: string[] = []
  const curves: string[] = []
  for (const kind of kinds) {
    const { rows, curve } = await shipKind(kind, study, context)
    lines.push(...rows)
    if (curve !== undefined)
      curves.push(`![learning curve of the shipped ${kind} retriever](results/${curve})`)
  }
  const { rows, sentence } = verdicts(study)
  return `## What is shipped, and what the ensemble is worth

Of each retriever that learned from iconic pictures and photos, the seed with the best P@1 on val. P@1 and P@5 on val are among iconic pictures and train photos.

| retriever | seed | val P@1 | P@5 | best epoch | training time | shipped as |
|---|---|---|---|---|---|---|
${lines.join('\n')}

${curves.join('\n\n')}

Is the weighted ensemble of the three (without views) above its best member, which is the one that is best alone on val, and above frozen MobileNet, by more than the
larger of the two deviations over the seeds? An ensemble's members have its seed, so that each can be compared with its own, too.

| gallery | figure | ensemble | against | difference | seed by seed | deviation | |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

${sentence}
`
}

async function shipKind(
  kind: Kind,
  { runs, galleries }: GroceryStudy,
  { models, docs, seeds }: SectionContext,
): Promise<{ readonly rows: string[]; readonly curve: string | undefined }> {
  const trained = runs.filter((run) => run.kind === kind && run.training === 'photos')
  const complete = trained.length === seeds.length
  const chosen = trained.reduce<GroceryRun | undefined>(
    (best, run) => (best === undefined || run.validationP1 > best.validationP1 ? run : best),
    undefined,
  )
  const name = `grocery-${kind}`
  let curve: string | undefined
  if (chosen !== undefined && complete) {
    const way: Way = { members: [kind], weighted: false }
    const reached = galleries.flatMap((study) => {
      const { ranks } = seedsOf(study, { way, training: 'photos' }).find(
        ({ seed }) => seed === chosen.seed,
      )!
      const where = study.gallery === 'iconic' ? 'testIconic' : 'testPhotos'
      return [1, 5].map((k) => [`${where}P${k}`, precisionAtK(ranks.none, k)] as const)
    })
    await ship(chosen.model, join(models, name), Object.fromEntries(reached))
    await mkdir(join(docs, 'results'), { recursive: true })
    curve = `${name}-curve.svg`
    await copyFile(join(chosen.folder, 'curve.svg'), join(docs, 'results', curve))
  }
  const size = await stat(join(models, name, 'model.onnx')).catch(() => undefined)
  const shipped = (run: GroceryRun): string => {
    if (run !== chosen) return ''
    if (!complete) return 'not yet: not all seeds have run'
    return `models/${name}, ${((size?.size ?? 0) / 1e6).toFixed(1)} MB`
  }
  if (trained.length === 0) return { rows: [`| ${kind} | ${notRun} | | | | | |`], curve }
  const rows = trained.map((run) => {
    const { seed, validationP1, validationP5, bestEpoch, seconds } = run
    const val = [validationP1, validationP5].map(percent)
    const cells = [kind, seed, ...val, bestEpoch, `${Math.round(seconds / 60)} min`, shipped(run)]
    return `| ${cells.join(' | ')} |`
  })
  return { rows, curve }
}

/** Rows of the table, and in a sentence how many say `above`. */
function verdicts({ galleries }: GroceryStudy): { rows: string[]; sentence: string } {
  const found = galleries.flatMap((study) => {
    const best = bestMember(study, 'photos')
    const sharesOf = (way: Way, k: number): number[] =>
      seedsOf(study, {
        way,
        training: way.members.join() === frozen ? undefined : 'photos',
      }).map(({ ranks }) => precisionAtK(ranks.none, k))
    const others: readonly Way[] = [
      ...(best === undefined ? [] : [{ members: [best], weighted: false }]),
      { members: [frozen], weighted: false },
    ]
    return [1, 5].flatMap((k) =>
      others.map((way) => {
        const compared: Compared = {
          ensemble: sharesOf(weightedTriple, k),
          other: sharesOf(way, k),
        }
        const cells = verdict(compared, wayName(way))
        return { cells: [study.gallery, `P@${k}`, ...cells], own: !way.members.includes(frozen) }
      }),
    )
  })
  const count = (own: boolean): string => {
    const some = found.filter((one) => one.own === own)
    return `${some.filter(({ cells }) => cells.at(-1) === 'above').length} of ${some.length} figures`
  }
  return {
    rows: found.map(({ cells }) => `| ${cells.join(' | ')} |`),
    sentence: `Above its best member in ${count(true)}, above frozen MobileNet in ${count(false)}.`,
  }
}
