import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type LfwView, readLfw } from '../../src/data/index.ts'
import {
  mostAccurateThreshold,
  type PairScores,
  pairAccuracy,
  plattScaling,
} from '../../src/metrics/index.ts'
import {
  chooseThreshold,
  type FinishedRun,
  judgeScores,
  loadVerifier,
  measurePairs,
  readFinishedRun,
  type VerifierRecipe,
} from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'

/** What a verifier, or several together, reach on the test pairs. */
export interface Reached {
  /** At the threshold that is the most accurate on the validation pairs. */
  readonly accuracy: number
  readonly areaUnderRoc: number
  readonly equalErrorRate: number
  /** Binary cross entropy; of cosines as the validation pairs calibrate them. */
  readonly loss: number
}

/** A verifier that was trained, measured on the test pairs. */
export interface VerifierRun extends Reached {
  readonly seed: number
  readonly folder: string
  readonly run: FinishedRun
  /** Of the test pairs, at even odds of the network; undefined where it gives cosines. */
  readonly evenAccuracy: number | undefined
  /** Odds as the validation pairs calibrate them, as logarithms. */
  readonly odds: { readonly validation: PairScores; readonly test: PairScores }
}

/** The finished runs of a recipe, one a seed, each measured on the test pairs. */
export async function verifierRuns(
  recipe: VerifierRecipe,
  { test }: Pick<LfwView, 'test'>,
  { runs, seeds, session, progress, signal }: SectionContext,
): Promise<VerifierRun[]> {
  const found: VerifierRun[] = []
  for (const seed of seeds) {
    const finished = await finishedVerifier(recipe, seed, runs)
    if (finished === undefined) continue
    const { folder, run } = finished
    const verifier = await loadVerifier(join(folder, 'model'), session)
    try {
      const { scores, areaUnderRoc, equalErrorRate } = await measurePairs(verifier, test, {
        progress,
        signal,
      })
      const calibration = verifier.calibration!
      const { slope, intercept } = plattScaling(calibration)
      const odds = verifier.byCosine ? { scale: slope, bias: intercept } : { scale: 1, bias: 0 }
      found.push({
        seed,
        folder,
        run,
        evenAccuracy: verifier.byCosine ? undefined : pairAccuracy(scores, 0),
        accuracy: pairAccuracy(scores, chooseThreshold(calibration).score),
        areaUnderRoc,
        equalErrorRate,
        loss: judgeScores(scores, odds).loss,
        odds: {
          validation: eachScore([calibration], ([score]) => slope * score! + intercept),
          test: eachScore([scores], ([score]) => slope * score! + intercept),
        },
      })
    } finally {
      await verifier.close()
    }
  }
  return found
}

/** Several verifiers as one, by the mean of their calibrated odds; undefined of fewer than two. */
export function reachedTogether(runs: readonly VerifierRun[]): Reached | undefined {
  if (runs.length < 2) return undefined
  const mean = (of: 'validation' | 'test'): PairScores =>
    eachScore(
      runs.map(({ odds }) => odds[of]),
      (scores) => scores.reduce((sum, score) => sum + score, 0) / scores.length,
    )
  const [validation, test] = [mean('validation'), mean('test')]
  const { areaUnderRoc, equalErrorRate, loss } = judgeScores(test, { scale: 1, bias: 0 })
  const accuracy = pairAccuracy(test, mostAccurateThreshold(validation))
  return { accuracy, areaUnderRoc, equalErrorRate, loss }
}

/** Scores made of several scores of each pair, in the same order of pairs. */
function eachScore(
  lists: readonly PairScores[],
  made: (scores: readonly number[]) => number,
): PairScores {
  const of = (kind: keyof PairScores) =>
    lists[0]![kind].map((_, i) => made(lists.map((list) => list[kind][i]!)))
  return { same: of('same'), different: of('different') }
}

/** The finished run of just this recipe and seed, from all 1760 pairs; undefined where there is none. */
export async function finishedVerifier(
  recipe: VerifierRecipe,
  seed: number,
  runs: string,
): Promise<{ readonly folder: string; readonly run: FinishedRun } | undefined> {
  const folder = join(runs, `${recipe.name}-seed${seed}`)
  const run = await readFinishedRun(folder)
  if (run === undefined) return undefined
  const said = JSON.parse(await readFile(join(folder, 'recipe.json'), 'utf8'))
  const plain: unknown = JSON.parse(JSON.stringify({ recipe, seed, pairs: 1760 }))
  const own = { recipe: said.recipe, seed: said.seed, pairs: said.pairs }
  return isDeepStrictEqual(own, plain) ? { folder, run } : undefined
}

/** View 1 of Labeled Faces in the Wild; undefined where it is not present. */
export const lfwView = (folder: string): Promise<LfwView | undefined> =>
  readLfw(folder).catch(() => undefined)
