import { join, resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput, notFound, whichName } from '../../core/index.ts'
import { getSet, type PublicSet, publicSets } from '../../data/index.ts'
import { type CommandResult, defineCommand } from '../command.ts'
import { dataHome } from '../data-home.ts'
import { shownPath } from '../shown-path.ts'

/** Gets public data sets, and says which are there; see docs/guides/data.md. */
export const data = defineCommand({
  name: 'data',
  summary: 'Get public data sets, and list what is there',
  examples: [
    { line: 'data list', what: 'the sets, where they lie and where they come from' },
    { line: 'data get grocery', what: 'download, check and unpack one' },
    {
      line: 'data get fashion --archive archive.zip',
      what: 'unpack what a browser downloaded, for sets behind a login',
    },
  ],
  positionals: ['action', 'name'],
  options: z.object({
    action: z.enum(['list', 'get']).describe('what to do'),
    name: z.string().optional().describe('data set, for get'),
    folder: z
      .string()
      .optional()
      .describe('folder that holds the data sets; default: VITRINE_DATA, or .vitrine/data'),
    archive: z.string().optional().describe('the archive of a set, downloaded already'),
  }),
  async run({ action, name, folder, archive }, { cwd, env, progress, signal }) {
    const home = folder === undefined ? dataHome({ cwd, env }) : resolve(cwd, folder)
    if (action === 'list') return list(home, cwd)
    if (name === undefined) throw invalidInput(`data get: which one? ${known}`)
    const set = publicSets.find((one) => one.name === name)
    if (set === undefined)
      throw notFound(
        `data get: there is no data set "${name}"; ${whichName(name, setNames, known)}`,
      )
    const got = await getSet(set, {
      home,
      ...(archive === undefined ? {} : { archive: resolve(cwd, archive) }),
      progress,
      signal,
    })
    return {
      data: { name, ...got, terms: set.terms },
      render: () =>
        `${shownPath(got.folder, cwd)}: ${got.wasThere ? 'was there already' : 'is there now'}. Terms: ${set.terms}`,
    }
  },
})

async function list(home: string, cwd: string): Promise<CommandResult> {
  const sets = await Promise.all(
    publicSets.map(async (set) => {
      const folder = join(home, set.name)
      return { set, folder, isThere: await set.isIn(folder) }
    }),
  )
  return {
    data: {
      home,
      sets: sets.map(({ set: { name, title, page, terms }, folder, isThere }) => ({
        ...{ name, title, page, terms, folder, isThere },
      })),
    },
    render: () =>
      sets
        .map(({ set, folder, isThere }) =>
          [
            `${set.name}: ${set.title}`,
            `  ${isThere ? `in ${shownPath(folder, cwd)}` : `not there; ${howToGet(set)}`}`,
            `  ${set.page} (${set.terms})`,
          ].join('\n'),
        )
        .join('\n'),
  }
}

function howToGet({ name, files }: PublicSet): string {
  const byHand = files.find(({ url }) => url === undefined)
  return byHand === undefined
    ? `vitrine data get ${name}`
    : `download ${byHand.name} with a browser, then vitrine data get ${name} --archive ${byHand.name}`
}

const setNames = publicSets.map(({ name }) => name)
const known = `the sets are ${setNames.join(', ')}`
