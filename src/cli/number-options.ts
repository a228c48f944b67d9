import { z } from 'zod'

/** A whole number between two bounds. */
export const wholeNumber = (least: number, most: number) =>
  z.coerce.number().int().min(least).max(most)

/** The option `--seed`, 1 where it is not given. */
export const seedOption = (of: string) => wholeNumber(0, 2147483647).default(1).describe(of)

/** The option `--threads`. */
export const threadsOption = (what: string) => wholeNumber(1, 1024).optional().describe(what)

/** The option `--epochs`. */
export const epochsOption = (what: string) => wholeNumber(1, 10000).optional().describe(what)
