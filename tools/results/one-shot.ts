import { AppError } from '../../src/core/index.ts'
import { decodeImage, type FacePair, type LfwView } from '../../src/data/index.ts'
import {
  facesVerifier,
  loadVerifier,
  openFaces,
  type Verifier,
  verificationRecipes,
} from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'
import { meanAndDeviation, notRun, percent } from './section.ts'
import { finishedVerifier } from './verifier-run.ts'

const recipes = ['siamese-final', 'faces-cosine'] as const
const ways = [2, 5, 20, 100] as const

/**
 * One-shot identification of N, as Koch et al. 2015 mean it: one photo of each of N people is enrolled, and
 * another photo of one of them is to be named.
 */
export async function oneShotSection(view: LfwView, context: SectionContext): Promise<string> {
  const people = onePairEach(view.test)
  const all = people.length
  const columns = [...ways, all]
  const rows: string[] = []
  for (const recipe of recipes) rows.push(await ofRecipe(recipe, people, columns, context))
  rows.push(await ofFaces(people, columns, context))
  const chance = columns.map((n) => percent(1 / n))
  rows.push(`| ${['by lot', '', ...chance].join(' | ')} |`)
  return `### Who is it? One photo each

One photo of each of N people is enrolled (${all} test people with a pair of their own, the first photo of it), and the other photo is to be named: the share that is named
rightly, in percent, by all choices of the other N − 1 people.

| network | seeds | ${columns.map((n) => (n === all ? `N = ${n}, all` : `N = ${n}`)).join(' | ')} |
|${'---|'.repeat(columns.length + 2)}
${rows.join('\n')}
`
}

/** The first pair of each person. */
function onePairEach(pairs: readonly FacePair[]): FacePair[] {
  const first = new Map<string, FacePair>()
  for (const pair of pairs) {
    const [name] = pair.people
    if (pair.same && !first.has(name)) first.set(name, pair)
  }
  return [...first.values()]
}

async function ofRecipe(
  name: string,
  people: readonly FacePair[],
  columns: readonly number[],
  { runs, seeds, session, signal }: SectionContext,
): Promise<string> {
  const recipe = verificationRecipes[`verification/${name}`]!
  const found: { readonly seed: number; readonly shares: readonly number[] }[] = []
  for (const seed of seeds) {
    const run = await finishedVerifier(recipe, seed, runs)
    if (run === undefined) continue
    const verifier = await loadVerifier(`${run.folder}/model`, session)
    found.push({ seed, shares: await sharesOf(verifier, { people, columns, signal }) })
  }
  if (found.length === 0)
    return `| \`${name}\` | ${notRun} | ${columns.map(() => '').join(' | ')} |`
  const cells = columns.map((_, i) => meanAndDeviation(found.map(({ shares }) => shares[i]!)))
  return `| ${[`\`${name}\``, found.map(({ seed }) => seed).join(', '), ...cells].join(' | ')} |`
}

/** The face networks from elsewhere. */
async function ofFaces(
  people: readonly FacePair[],
  columns: readonly number[],
  { progress, signal, session }: SectionContext,
): Promise<string> {
  const name = '`models pull faces`'
  try {
    const faces = await openFaces({ env: process.env, progress, signal }, session)
    const shares = await sharesOf(facesVerifier(faces, 'middle'), { people, columns, signal })
    return `| ${[name, '', ...shares.map(percent)].join(' | ')} |`
  } catch (error) {
    if (!(error instanceof AppError && ['NotFound', 'Unavailable'].includes(error.code)))
      throw error
    return `| ${name} | ${notRun} | ${columns.map(() => '').join(' | ')} |`
  }
}

/** How often each number of people is told apart; closes the verifier. */
async function sharesOf(
  verifier: Verifier,
  {
    people,
    columns,
    signal,
  }: {
    readonly people: readonly FacePair[]
    readonly columns: readonly number[]
    readonly signal: AbortSignal
  },
): Promise<number[]> {
  const describe = async (path: string): Promise<Float32Array> => {
    const picture = await decodeImage(path, { longestSide: verifier.decodedSide })
    return (await verifier.describe([picture], { signal }))[0]!
  }
  try {
    const enrolled: Float32Array[] = []
    for (const { paths } of people) enrolled.push(await describe(paths[0]))
    const better: number[] = []
    for (const [i, { paths }] of people.entries()) {
      const probe = await describe(paths[1])
      const own = verifier.compare(enrolled[i]!, probe)
      better.push(
        enrolled.filter((other, j) => j !== i && verifier.compare(other, probe) >= own).length,
      )
    }
    return columns.map(
      (n) =>
        better.reduce((sum, count) => sum + chanceOfNone(people.length - 1, count, n - 1), 0) /
        people.length,
    )
  } finally {
    await verifier.close()
  }
}

/** That none of some marked ones is among so many drawn without putting back: C(all − marked, drawn) / C(all, drawn). */
export function chanceOfNone(all: number, marked: number, drawn: number): number {
  let chance = 1
  for (let i = 0; i < drawn; i++) chance *= Math.max(0, all - marked - i) / (all - i)
  return chance
}
