import { invalidInput } from './errors.ts'

/**
 * Makes sure that an option is a positive number.
 * @param what place and name, `triplet: margin`
 * @param usual what the message recommends
 * @throws InvalidInput
 */
export function assertPositive(what: string, x: number, usual: number | string): void {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) throw refusal(what, x, 'positive', usual)
}

/**
 * Makes sure that an option is 0 or a positive number.
 * @throws InvalidInput
 */
export function assertNotNegative(what: string, x: number, usual: number | string): void {
  if (!(x >= 0 && x < Number.POSITIVE_INFINITY)) throw refusal(what, x, '0 or more', usual)
}

/**
 * Makes sure that an option lies in [0, 1).
 * @throws InvalidInput
 */
export function assertBelowOne(what: string, x: number, usual: number | string): void {
  if (!(x >= 0 && x < 1)) throw refusal(what, x, 'at least 0 and below 1', usual)
}

function refusal(what: string, x: number, wanted: string, usual: number | string) {
  return invalidInput(`${what} is ${x}, it must be ${wanted}; ${usual} is usual`)
}
