import { evaluateFashion } from '../../curation/index.ts'
import type { FashionSet } from '../../data/index.ts'
import type { CommandContext, CommandResult } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { fashionPage } from './fashion-page.ts'
import { byName, type Measuring } from './measuring.ts'

/** Measures on the Fashion Product Images. */
export async function measureFashion(
  set: FashionSet,
  { encoder, names, weights: lambda, split, seed }: Measuring,
  { progress, signal }: CommandContext,
): Promise<CommandResult> {
  const weights = byName({ names, weights: lambda })
  const report = await evaluateFashion({ set, encoder, weights, split, seed, progress, signal })
  return {
    data: { encoder: encoder.name, split, seed, weights, ...report },
    exitCode: report.skipped.length === 0 ? exitCodes.ok : exitCodes.someSkipped,
    render: () => fashionPage(report),
  }
}
