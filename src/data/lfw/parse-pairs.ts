import { join } from 'node:path'
import { invalidInput } from '../../core/index.ts'

/** Two photos, and whether they show the same person. */
export interface FacePair {
  readonly same: boolean
  /** Names of the two people, the same name twice in a pair of one person. */
  readonly people: readonly [string, string]
  /** Paths of the two photos. */
  readonly paths: readonly [string, string]
}

/**
 * Reads a list of pairs of Labeled Faces in the Wild: a line with n, then n lines
 * `name, i, j` (two photos of one person) and n lines `name, i, name, j` (of two people).
 * @throws InvalidInput, with the line, when a line is neither or there are not n of each
 */
export function parsePairs(
  text: string,
  { place, images }: { readonly place: string; readonly images: string },
): FacePair[] {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const count = Number(first)
  if (!/^\s*[1-9]\d{0,6}\s*$/.test(first))
    throw invalidInput(
      `${place} line 1: ${quoted(first)}, wanted the number of pairs of each kind; copy the file again`,
    )
  const pairs: FacePair[] = []
  for (const [i, line] of lines.entries())
    if (line.trim() !== '') pairs.push(pairOf(line, `${place} line ${i + 2}`, images))
  const same = pairs.filter((pair) => pair.same).length
  if (same !== count || pairs.length !== 2 * count)
    throw invalidInput(
      `${place}: has ${same} pairs of one person and ${pairs.length - same} of two, its first line says ${count} of each; copy the file again`,
    )
  return pairs
}

function pairOf(line: string, place: string, images: string): FacePair {
  const fields = line.trim().split(/\s+/)
  const [name = '', i = '', second = '', j = ''] = fields
  const [other, last] = fields.length === 3 ? [name, second] : [second, j]
  const sound =
    (fields.length === 3 || fields.length === 4) &&
    [name, other].every(isName) &&
    [i, last].every((number) => /^[1-9]\d{0,3}$/.test(number))
  if (!sound)
    throw invalidInput(
      `${place}: ${quoted(line)}, wanted "name, number, number" or "name, number, name, number"`,
    )
  const photo = (person: string, number: string) =>
    join(images, person, `${person}_${number.padStart(4, '0')}.jpg`)
  return {
    same: name === other,
    people: [name, other],
    paths: [photo(name, i), photo(other, last)],
  }
}

/** A name becomes part of a path. */
const isName = (text: string): boolean => !/[/\\\0]/.test(text) && text !== '.' && text !== '..'

const quoted = (line: string): string => JSON.stringify(line.slice(0, 80))
