import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const places = {
  data: { variable: 'VITRINE_DATA', otherwise: '../shared/data' },
  models: { variable: 'VITRINE_MODELS', otherwise: '../shared/models' },
} as const

/** Real data or weights that a slow test needs. */
export interface RealFile {
  readonly path: string
  /** Whether it is not there; one line on stderr then says what is skipped and why. */
  readonly missing: boolean
}

/** Finds something in the folder of real data sets or of weights. */
export function realFile(kind: keyof typeof places, ...parts: string[]): RealFile {
  const { variable, otherwise } = places[kind]
  const path = join(resolve(root, process.env[variable] ?? otherwise), ...parts)
  const missing = !existsSync(path)
  if (missing)
    process.stderr.write(
      `skipped: tests that need ${parts.join('/')} (not in ${variable}, default ${otherwise})\n`,
    )
  return { path, missing }
}
