import type { Rng } from '../../core/index.ts'
import { type EmblemName, emblems } from './emblems.ts'
import { type ColourName, colourDistance, palette } from './palette.ts'
import { type PatternName, patternNames } from './patterns.ts'
import { type ProductKind, productKinds } from './product-kinds.ts'

/** How a product is labelled. */
export type LabelStyle = 'plate' | 'badge' | 'word' | 'emblem' | 'number'

/** All that tells one product from the others. */
export interface ProductDesign {
  readonly id: string
  readonly title: string
  readonly kind: ProductKind
  readonly pattern: PatternName
  readonly patternScale: number
  readonly main: ColourName
  readonly accent: ColourName
  readonly trim: ColourName
  /** Proportions, each 0 to 1. */
  readonly shape: readonly [number, number, number]
  readonly brand: string
  readonly emblem: EmblemName
  readonly number: number
  readonly label: LabelStyle
}

type Look = Omit<ProductDesign, 'id' | 'title'>

const colourNames = Object.keys(palette) as ColourName[]
const labelStyles: readonly LabelStyle[] = ['plate', 'badge', 'word', 'emblem', 'number']
const onsets = ['B', 'D', 'F', 'H', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'V', 'Z', 'BR', 'TR']
const vowels = ['A', 'E', 'I', 'O', 'U']

/**
 * The designs of a shop, none twice. Of each kind there come families of three: one product, the same
 * with another pattern, and the same pattern in other colours: neighbours that a search has to tell apart.
 */
export function designProducts(count: number, rng: Rng): ProductDesign[] {
  const seen = new Set<string>()
  const families = new Map<ProductKind, Look[]>()
  return Array.from({ length: count }, (_, index) => {
    const kind = productKinds[index % productKinds.length]!
    let family = families.get(kind) ?? []
    if (family.length === 3) family = []
    let look: Look
    do {
      look =
        family.length === 0
          ? newLook(kind, rng)
          : family.length === 1
            ? { ...family[0]!, pattern: another(patternNames, family[0]!.pattern, rng) }
            : { ...family[0]!, ...colours(rng) }
    } while (seen.has(keyOf(look)))
    seen.add(keyOf(look))
    families.set(kind, [...family, look])
    return { ...look, id: `p${String(index + 1).padStart(4, '0')}`, title: titleOf(look) }
  })
}

function newLook(kind: ProductKind, rng: Rng): Look {
  return {
    kind,
    pattern: rng.pick(patternNames),
    patternScale: rng.pick([0.75, 1, 1.35]),
    ...colours(rng),
    shape: [rng.next(), rng.next(), rng.next()],
    brand: brandName(rng),
    emblem: rng.pick(Object.keys(emblems) as EmblemName[]),
    number: 1 + rng.integer(99),
    label: rng.pick(labelStyles),
  }
}

function colours(rng: Rng): Pick<Look, 'main' | 'accent' | 'trim'> {
  for (;;) {
    const [main, accent] = [rng.pick(colourNames), rng.pick(colourNames)]
    const trim = rng.pick(['cream', 'cream', 'sand', 'black', 'navy', 'grey'] as const)
    const apart = (a: ColourName, b: ColourName): boolean =>
      colourDistance(palette[a], palette[b]) > 110
    if (apart(main, accent) && apart(main, trim) && apart(accent, trim)) {
      return { main, accent, trim }
    }
  }
}

function brandName(rng: Rng): string {
  const syllable = (): string => rng.pick(onsets) + rng.pick(vowels)
  const name = syllable() + syllable() + rng.pick(['', 'N', 'R', 'X', 'L', ''])
  return name.length < 4 ? name + syllable() : name
}

function another<T>(items: readonly T[], not: T, rng: Rng): T {
  return rng.pick(items.filter((item) => item !== not))
}

function keyOf({ kind, pattern, main, accent, shape }: Look): string {
  return [kind.name, pattern, main, accent, shape[0].toFixed(3)].join(' ')
}

function titleOf({ brand, kind, pattern, main, accent }: Look): string {
  const name = brand[0] + brand.slice(1).toLowerCase()
  return pattern === 'plain'
    ? `${name} ${kind.name}, plain ${main}`
    : `${name} ${kind.name}, ${pattern}, ${main} and ${accent}`
}
