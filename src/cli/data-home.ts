import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { notFound, whichName } from '../core/index.ts'
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
 * @throws NotFound when there is nothing at the path and no set of that name has been got
 */
export function dataPath(named: string, context: Pick<CommandContext, 'cwd' | 'env'>): string {
  const path = resolve(context.cwd, named)
  if (existsSync(path)) return path
  const names = publicSets.map(({ name }) => name)
  const isSet = names.includes(named)
  const known = join(dataHome(context), named)
  if (isSet && existsSync(known)) return known
  const otherwise = 'check the path, or see "vitrine data list" for public data sets'
  const remedy = isSet
    ? `get it with "vitrine data get ${named}"`
    : whichName(named, names, otherwise)
  throw notFound(`${path}: no such catalogue file or folder; ${remedy}`)
}
