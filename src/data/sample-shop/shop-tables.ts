import type { ProductDesign } from './product-design.ts'
import { pictureName } from './read-sample-shop.ts'

/** products.csv: what a catalogue reader takes. */
export function catalogueCsv(designs: readonly ProductDesign[], views: number): string {
  const lines = designs.map(({ id, title, kind, main, accent, pattern }) => {
    const images = Array.from({ length: views }, (_, i) => `images/${pictureName(id, i)}`)
    const colour = pattern === 'plain' ? main : `${main} and ${accent}`
    return csvLine([id, title, kind.name, colour, pattern, images.join('|')])
  })
  return csvLine(['id', 'title', 'kind', 'colour', 'pattern', 'images']) + lines.join('')
}

/** wild.csv: which product each photo shows. */
export function wildCsv(designs: readonly ProductDesign[], wild: number): string {
  const lines = designs.flatMap(({ id }) =>
    Array.from({ length: wild }, (_, i) => csvLine([`wild/${pictureName(id, i)}`, id])),
  )
  return csvLine(['image', 'product']) + lines.join('')
}

/** One line of CSV: fields with commas, quotes or line breaks are quoted. */
function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  )
  return `${quoted.join(',')}\n`
}
