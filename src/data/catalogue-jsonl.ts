import { z } from 'zod'
import { invalidInput, messageOf, throwIfAborted } from '../core/index.ts'
import type { OpenFile } from './open-file.ts'
import type { ProductRow } from './product-rows.ts'

const longestLineCharacters = 2 ** 20

const scalar = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])
const pathList = z.union([z.string().transform((path) => [path]), z.array(z.string())])
const attributes = z
  .record(z.string(), scalar.nullable(), 'wanted an object of texts, numbers or booleans')
  .transform((all) =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== '')),
  ) as z.ZodType<Record<string, string>>

const productLine = z.looseObject({
  id: z.union([z.string(), z.number().transform(String)]),
  title: z.string().nullish(),
  attributes: attributes.nullish(),
  images: pathList.nullish(),
  image: pathList.nullish(),
})

/**
 * The rows of a JSON Lines catalogue: one object `{ id, title, attributes, images }` a line.
 *
 * Other texts, numbers and booleans of the object are attributes too, as other columns of a CSV
 * are; what is nested in it is passed over.
 * @throws InvalidInput, with the line, when a line is no such object, too long or not UTF-8
 */
export async function* readJsonlRows(
  path: string,
  { handle }: OpenFile,
  signal?: AbortSignal,
): AsyncGenerator<ProductRow> {
  const chunks = handle.createReadStream({ autoClose: false })
  let line = 0
  for await (const text of linesOf(path, chunks)) {
    throwIfAborted(signal, path)
    line++
    if (text.trim() !== '') yield toRow(`${path} line ${line}`, line, text)
  }
}

function toRow(place: string, line: number, text: string): ProductRow {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalidInput(
      `${place}: not JSON (${messageOf(cause)}); each line must be one object {"id", "title", "attributes", "images"}`,
      { cause },
    )
  }
  const parsed = productLine.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = issue?.path.join('.') ?? ''
    throw invalidInput(
      `${place}: ${at === '' ? '' : `${at}: `}${issue?.message}; each line must be one object {"id", "title", "attributes", "images"}`,
    )
  }
  const { id, title, attributes, images, image, ...others } = parsed.data
  const more = Object.entries(others).flatMap(([name, other]) => {
    const kept = scalar.safeParse(other)
    return kept.success && kept.data !== '' ? [[name, kept.data] as const] : []
  })
  return {
    line,
    id: id.trim(),
    title: title ?? '',
    attributes: { ...Object.fromEntries(more), ...attributes },
    images: images ?? image ?? [],
  }
}

/** Lines of UTF-8 text, a byte order mark and carriage returns removed. */
async function* linesOf(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw invalidInput(`${path}: the text is not UTF-8; save the file as UTF-8`, { cause })
    }
  }
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decode(chunk)).split('\n')
    rest = lines.pop()!
    if (rest.length > longestLineCharacters || lines.some((l) => l.length > longestLineCharacters))
      throw invalidInput(
        `${path}: a line is longer than ${longestLineCharacters} characters; put one product on each line`,
      )
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  rest += decode()
  if (rest !== '') yield rest
}
