import { finished } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { invalidInput, throwIfAborted } from '../core/index.ts'
import type { OpenFile } from './open-file.ts'
import type { ProductRow } from './product-rows.ts'

const longestRecordBytes = 2 ** 20
const mostColumns = 1000
const imageColumns = ['images', 'image', 'image_path', 'image_paths']

/**
 * The rows of a CSV catalogue: columns `id` and `images` (or `image`, `image_path`; several paths
 * separated by `|` or `;`), optionally `title`; every other column is an attribute.
 * @throws InvalidInput, with the line, when a column is missing or doubled, a record has another
 *   number of fields, a quote stays open or the text is not UTF-8
 */
export async function* readCsvRows(
  path: string,
  { handle }: OpenFile,
  signal?: AbortSignal,
): AsyncGenerator<ProductRow> {
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    info: true,
    relax_column_count: true,
    max_record_size: longestRecordBytes,
  })
  const stream = handle.createReadStream({ autoClose: false })
  stream.on('error', (error) => parser.destroy(error))
  stream.pipe(parser)
  let columns: Columns | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      throwIfAborted(signal, path)
      if (columns === undefined) columns = readHeader(path, record)
      else yield toRow(path, info.lines, record, columns)
    }
  } catch (error) {
    if (error instanceof CsvError) throw csvFault(path, error)
    throw error
  } finally {
    stream.destroy()
    await finished(stream).catch(() => {})
  }
  if (columns === undefined)
    throw invalidInput(`${path}: the file is empty, wanted a header line with id and images`)
}

interface Parsed {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

interface Columns {
  readonly names: readonly string[]
  readonly id: number
  readonly images: number
  /** -1 where there is none. */
  readonly title: number
}

function readHeader(path: string, names: readonly string[]): Columns {
  if (names.length > mostColumns)
    throw invalidInput(`${path}: ${names.length} columns, at most ${mostColumns} are read`)
  const lower = names.map((name) => name.toLowerCase())
  const doubled = lower.find((name, i) => name !== '' && lower.indexOf(name) !== i)
  if (doubled !== undefined)
    throw invalidInput(`${path}: column "${doubled}" stands twice in the header; rename one`)
  const id = lower.indexOf('id')
  const images = lower.findIndex((name) => imageColumns.includes(name))
  const missing = id < 0 ? 'id' : images < 0 ? 'images' : undefined
  if (missing !== undefined) {
    const separator = names.length === 1 && names[0]!.match(/[;\t]/)?.[0]
    const remedy = separator
      ? `columns must be separated by commas, not ${separator === ';' ? 'semicolons' : 'tabs'}`
      : missing === 'id'
        ? 'add one that names each product'
        : 'add one with picture paths, several separated by |'
    const got = names.join(', ')
    const short = got.length > 200 ? `${got.slice(0, 200)}...` : got
    throw invalidInput(`${path}: no column "${missing}", got ${short}; ${remedy}`)
  }
  return { names, id, images, title: lower.indexOf('title') }
}

function toRow(
  path: string,
  line: number,
  record: readonly string[],
  { names, id, images, title }: Columns,
): ProductRow {
  if (record.length !== names.length)
    throw invalidInput(
      `${path} line ${line}: ${record.length} fields, the header has ${names.length}; quote fields that contain commas`,
    )
  if (record.some((field) => field.includes('\ufffd')))
    throw invalidInput(`${path} line ${line}: the text is not UTF-8; save the file as UTF-8`)
  const attributes = names
    .map((name, i) => [name, record[i]!] as const)
    .filter(([name, value], i) => ![id, images, title].includes(i) && name !== '' && value !== '')
  return {
    line,
    id: record[id]!,
    title: record[title] ?? '',
    attributes: Object.fromEntries(attributes),
    images: record[images]!.split(pathSeparator(record[images]!)).map((image) => image.trim()),
  }
}

/** In web addresses a semicolon may be part of the address, unless another address follows it. */
function pathSeparator(images: string): RegExp {
  return images.includes('://') ? /\||;(?=\s*https?:\/\/)/i : /[|;]/
}

function csvFault(path: string, cause: CsvError) {
  const line = typeof cause.lines === 'number' ? ` line ${cause.lines}` : ''
  const remedies: Partial<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed; close or remove it',
    CSV_MAX_RECORD_SIZE: `a record is longer than ${longestRecordBytes} bytes; look for an unclosed quote`,
  }
  const fault = remedies[cause.code] ?? `${cause.message}; double the quotes inside quoted fields`
  return invalidInput(`${path}${line}: ${fault}`, { cause })
}
