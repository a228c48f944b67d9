import { twoColumns } from '../two-columns.ts'
import type { KnownModel } from './known-models.ts'

/** A size for people: `8.7 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`
}

/** All that is known of a model: its card, and what was pulled. */
export function modelPage(model: KnownModel): string {
  const { card } = model
  const rows: [string, string | undefined][] = [
    ['place', `${model.place}, ${model.path}`],
    ['size', megabytes(model.bytes)],
    ['dimension', model.dimension?.toString()],
    ['pulled', model.pulledAt],
    ['exactly', model.exactly],
    ['job', card?.job],
    ['version', card?.version],
    ['what it is', card?.description ?? model.description],
    ['input', card === undefined ? undefined : inputOf(card.preprocessing)],
    ['learned from', card?.data.description],
    ['pictures', card?.data.pictures.toString()],
    ['seed', card?.seed.toString()],
    ['fine-tuned from', card?.origin?.model],
    ['licence', card?.licence ?? model.licence],
    ['SHA-256', card?.sha256],
    ...Object.entries(card?.metrics ?? {}).map(([name, value]): [string, string] => [
      name,
      String(Number(value.toFixed(4))),
    ]),
  ]
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined)
  return [model.name, '', ...twoColumns(known)].join('\n')
}

type Card = NonNullable<KnownModel['card']>

function inputOf(preprocessing: Card['preprocessing']): string {
  const { mean, std } = preprocessing
  const scaled = `mean ${mean.join(', ')}, std ${std.join(', ')}`
  if ('fit' in preprocessing)
    return `${preprocessing.size} x ${preprocessing.size} pixels (${preprocessing.fit}), ${scaled}`
  const { resize, crop, filter } = preprocessing
  const sized = [
    ...(resize === undefined ? [] : [`resized to ${sizeOf(resize)} (${filter})`]),
    ...(crop === undefined ? [] : [`cropped to ${sizeOf(crop)}`]),
  ]
  return [...sized, scaled].join(', ')
}

const sizeOf = (size: { width: number; height: number } | { shortestEdge: number }): string =>
  'width' in size ? `${size.width} x ${size.height}` : `${size.shortestEdge} on the shorter side`
