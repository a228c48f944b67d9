import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../core/index.ts'
import { type ContactSheet, contactSheetHtml } from '../../curation/index.ts'
import { fileThumbnails } from '../../data/index.ts'
import { type Entry, openIndex } from '../../search/index.ts'
import { type DuplicateGroup, findDuplicates } from '../../verification/index.ts'
import { defineCommand } from '../command.ts'
import { threadsOption } from '../number-options.ts'
import { renderTable } from '../render-table.ts'
import { shownPath } from '../shown-path.ts'
import { weightsOption } from '../weights-option.ts'

/** Groups a page shows, and pictures of each beside the first. */
const [shownGroups, shownMembers] = [200, 10] as const

/** Finds products of an index that have almost the same pictures; see docs/guides/verification.md. */
export const duplicates = defineCommand({
  name: 'duplicates',
  summary: 'Find products of an index whose pictures are almost the same',
  examples: [
    {
      line: 'duplicates .vitrine',
      what: 'groups of pictures of different products, the most alike first',
    },
    {
      line: 'duplicates .vitrine --threshold 0.9 --sheet duplicates.html',
      what: 'less alike ones too, as a page with pictures',
    },
  ],
  positionals: ['index'],
  options: z.object({
    index: z.string().default('.vitrine').describe('index folder'),
    threshold: z.coerce
      .number()
      .gt(0)
      .max(1)
      .default(0.97)
      .describe('lowest score of two pictures that are almost the same'),
    withinProducts: z
      .boolean()
      .default(false)
      .describe('pictures of one product count as duplicates of each other too'),
    weights: weightsOption
      .optional()
      .describe(
        'how much each encoder counts, by its name: a=0.6,b=0.4; default: as the index says',
      ),
    sheet: z
      .string()
      .regex(/\.html?$/i, 'wanted a file name that ends in .html')
      .optional()
      .describe('where a page with the groups goes'),
    threads: threadsOption('inside one operator'),
  }),
  async run({ index: named, threshold, withinProducts, weights, sheet, threads }, context) {
    const { cwd, progress, signal } = context
    const index = await openIndex(resolve(cwd, named), threads === undefined ? {} : { threads })
    try {
      const asked = { threshold, withinProducts, weights, progress, signal }
      const groups = await findDuplicates(index, asked)
      const path = sheet === undefined ? undefined : resolve(cwd, sheet)
      if (path !== undefined) {
        await mkdir(dirname(path), { recursive: true })
        await writeFileAtomic(path, contactSheetHtml(await sheetOf(groups, { threshold, named })))
      }
      return {
        data: {
          index: named,
          threshold,
          pictures: index.count,
          method: index.method,
          groups,
          sheet: path,
        },
        render: () =>
          [
            page(groups),
            ...(index.method === 'exact'
              ? []
              : ['', 'The index is searched by a graph (hnsw), which may miss a few pairs.']),
            ...(path === undefined ? [] : ['', `Page: ${shownPath(path, cwd)}`]),
          ].join('\n'),
      }
    } finally {
      await index.close()
    }
  },
})

function page(groups: readonly DuplicateGroup[]): string {
  if (groups.length === 0) return 'No pictures are that much alike.'
  return renderTable({
    head: ['group', 'product', 'picture', 'most alike'],
    rows: groups.flatMap((group, i) =>
      group.members.map((member) => [
        i + 1,
        member.product,
        basename(member.picture),
        member.score.toFixed(4),
      ]),
    ),
  })
}

async function sheetOf(
  groups: readonly DuplicateGroup[],
  { threshold, named }: { readonly threshold: number; readonly named: string },
): Promise<ContactSheet> {
  const thumbnails = fileThumbnails()
  const pictureOf = async ({ product, picture }: Entry) => ({
    thumbnail: await thumbnails(picture),
    caption: product,
  })
  const rows = []
  for (const group of groups.slice(0, shownGroups)) {
    const [first, ...others] = group.members
    const hits = others.slice(0, shownMembers).map(async (member) => ({
      ...(await pictureOf(member)),
      score: member.score,
    }))
    rows.push({ query: await pictureOf(first!), hits: await Promise.all(hits) })
  }
  const shown = Math.min(groups.length, shownGroups)
  return {
    title: 'Near-duplicates',
    summary: `Pictures of ${named} that score ${threshold} or more with each other; the score of each is that with the one most like it.`,
    sections: [
      {
        heading: 'Groups',
        note: `${shown} of ${groups.length} groups, the most alike first`,
        figures: [['groups', String(groups.length)]],
        rows,
      },
    ],
    settings: [
      ['index', named],
      ['threshold', String(threshold)],
    ],
  }
}
