/** Shorter parts of a word are found in almost any. */
const shortestPart = 3

/**
 * The places of the words that a word is known by: itself; else without accents, with a hyphen
 * (`tshirts`), or without the s of the plural; else two words written together (`topwear`), of all such
 * pairs the one whose rarer word is commonest. None where nothing of it is known.
 * @param placeOf the place of each known word, the commonest first
 */
export function placesOf(word: string, placeOf: ReadonlyMap<string, number>): readonly number[] {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '')
  const cuts = Array.from({ length: plain.length - 1 }, (_, i) => [
    plain.slice(0, i + 1),
    plain.slice(i + 1),
  ])
  const spellings = [word, plain, ...cuts.map((cut) => cut.join('-')), plain.replace(/s$/, '')]
  const known = spellings.find((spelling) => placeOf.has(spelling))
  if (known !== undefined) return [placeOf.get(known)!]
  const pairs = cuts
    .filter((cut) => cut.every((part) => part.length >= shortestPart && placeOf.has(part)))
    .map((cut) => cut.map((part) => placeOf.get(part)!))
  return pairs.sort((a, b) => Math.max(...a) - Math.max(...b))[0] ?? []
}
