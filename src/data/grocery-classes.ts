import { join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { invalidInput, messageOf } from '../core/index.ts'
import { readWholeFile } from './open-file.ts'
import { isInside } from './product-rows.ts'

/** One product of the Grocery Store data set. */
export interface GroceryClass {
  readonly id: number
  /** `Golden-Delicious` */
  readonly name: string
  readonly coarseId: number
  /** `Apple` */
  readonly coarseName: string
  /** Path of the picture from the shop's catalogue. */
  readonly iconicPath: string
  /** A sentence or two about it. */
  readonly description: string
}

/**
 * Reads `classes.csv` and the descriptions it names.
 * @returns the classes ordered by id, 0 to n - 1
 * @throws NotFound when the table or a description is missing
 * @throws InvalidInput, with the line, when a line is wrong or a path leaves the folder
 */
export async function readGroceryClasses(folder: string): Promise<GroceryClass[]> {
  const file = join(folder, 'classes.csv')
  const bytes = await readWholeFile(file, { what: 'class table', limitBytes: 2 ** 20 })
  const records = parseTable(file, bytes)
  const classes = await Promise.all(
    records
      .slice(1)
      .map(({ record, info }) => toClass(`${file} line ${info.lines}`, record, folder)),
  )
  classes.sort((a, b) => a.id - b.id)
  if (classes.length === 0) throw invalidInput(`${file}: no classes; copy the data set again`)
  classes.forEach(({ id }, i) => {
    if (id !== i)
      throw invalidInput(
        `${file}: class id ${i} is ${id < i ? 'double' : 'missing'}, wanted 0 to n`,
      )
  })
  checkNames(file, classes)
  return classes
}

interface TableRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function parseTable(file: string, bytes: Buffer): TableRecord[] {
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, info: true } as const
    return parse(bytes, options) as unknown as TableRecord[]
  } catch (cause) {
    throw invalidInput(`${file}: ${messageOf(cause)}; copy the data set again`, { cause })
  }
}

async function toClass(
  place: string,
  record: readonly string[],
  folder: string,
): Promise<GroceryClass> {
  const [name = '', id = '', coarseName = '', coarseId = '', iconic = '', text = ''] = record
  if (record.length !== 6 || name === '' || !/^\d{1,6}$/.test(id) || !/^\d{1,6}$/.test(coarseId))
    throw invalidInput(
      `${place}: wanted name, id, coarse name, coarse id, iconic picture, description; copy the data set again`,
    )
  const [iconicPath, textPath] = [iconic, text].map((path) => {
    const full = resolve(folder, path.replace(/^[/\\]+/, ''))
    if (!isInside(folder, full))
      throw invalidInput(`${place}: ${JSON.stringify(path)} leaves the data set's folder`)
    return full
  }) as [string, string]
  const limits = { what: 'description', limitBytes: 64 * 1024 }
  const description = (await readWholeFile(textPath, limits)).toString('utf8')
  return {
    id: Number(id),
    name,
    coarseId: Number(coarseId),
    coarseName,
    iconicPath,
    description: description.replace(/^\ufeff/, '').trim(),
  }
}

/** A name must stand for one class, a coarse id for one coarse name. */
function checkNames(file: string, classes: readonly GroceryClass[]): void {
  const names = new Set<string>()
  const coarse = new Map<number, string>()
  for (const { name, coarseId, coarseName } of classes) {
    if (names.has(name)) throw invalidInput(`${file}: class name ${name} is double`)
    names.add(name)
    const known = coarse.get(coarseId) ?? coarseName
    if (known !== coarseName)
      throw invalidInput(`${file}: coarse class ${coarseId} is both ${known} and ${coarseName}`)
    coarse.set(coarseId, coarseName)
  }
}
