import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { publicSets } from '../data/index.ts'
import type { CommandContext } from './command.ts'

/** The folder that holds the public data sets: `VITRINE_DATA`, or `.vitrine/data`. */
export function dataHome({ cwd, env }: Pick<CommandContext, 'cwd' | 'env'>): string {
  const named = env.VITRINE_DATA
  return resolve(cwd, named === undefined || named === '' ? '.vitrine/data' : named)
}

/**
 * What the user means by data: a path, or the name of a public data set that `vitrine data get`
 * brought. A path that exists comes first.
 */
export async function dataPath(
  named: string,
  context: Pick<CommandContext, 'cwd' | 'env'>,
): Promise<string> {
  const path = resolve(context.cwd, named)
  if (!publicSets.some(({ name }) => name === named) || (await exists(path))) return path
  const known = join(dataHome(context), named)
  return (await exists(known)) ? known : path
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
