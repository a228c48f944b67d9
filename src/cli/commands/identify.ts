import { resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput } from '../../core/index.ts'
import {
  deleteEnrolled,
  enrol,
  type Identity,
  identify as identifyPicture,
  listEnrolled,
  openGallery,
} from '../../verification/index.ts'
import { type CommandContext, type CommandResult, defineCommand } from '../command.ts'
import { counted } from '../counted.ts'
import { percent } from '../eval/percent.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { wholeNumber } from '../number-options.ts'
import { renderTable } from '../render-table.ts'
import { openChosenVerifier } from '../verification/open-verifier.ts'
import { thresholdOptions } from '../verification/threshold-options.ts'

const { encoder: _, ...oneModel } = modelOptions

const options = z.object({
  action: z.enum(['enrol', 'who', 'list', 'delete']).describe('what to do'),
  rest: z
    .array(z.string())
    .default([])
    .describe('enrol: a name and pictures; who: a picture; delete: a name'),
  gallery: z.string().default('.vitrine/gallery').describe('folder of those who are enrolled'),
  top: wholeNumber(1, 1000).default(5).describe('candidates to show'),
  ...thresholdOptions,
  calibration: z.string().optional().describe('what "vitrine calibrate" wrote of this model'),
  ...oneModel,
})

type Options = z.output<typeof options>

/** Names who or what a picture shows, of those enrolled with a picture; see docs/guides/verification.md. */
export const identify = defineCommand({
  name: 'identify',
  summary:
    'Enrol by one picture each, then name what a picture shows or say that it is none of them',
  examples: [
    { line: 'identify enrol "Golden apple" apple.jpg', what: 'one picture is enough' },
    { line: 'identify who shelf.jpg', what: 'the name, or none of those enrolled' },
    { line: 'identify list', what: 'who is enrolled' },
    { line: 'identify delete "Golden apple"', what: 'nothing is kept of it' },
  ],
  positionals: ['action', 'rest'],
  options,
  async run(asked, context) {
    const { action, rest, gallery } = asked
    const folder = resolve(context.cwd, gallery)
    if (action === 'list') {
      assertCount(asked, rest.length === 0, 'identify list')
      const enrolled = await listEnrolled(folder)
      return {
        data: { gallery: folder, enrolled },
        render: () =>
          enrolled.length === 0
            ? 'Nobody is enrolled.'
            : renderTable({
                head: ['name', 'pictures'],
                rows: enrolled.map(({ name, pictures }) => [name, pictures]),
              }),
      }
    }
    if (action === 'delete') {
      assertCount(asked, rest.length === 1, 'identify delete NAME')
      await deleteEnrolled(folder, rest[0]!)
      return {
        data: { deleted: rest[0] },
        render: () => `Deleted ${rest[0]}; nothing is kept of it.`,
      }
    }
    return action === 'enrol' ? enrolOne(folder, asked, context) : who(folder, asked, context)
  },
})

async function enrolOne(
  folder: string,
  asked: Options,
  context: CommandContext,
): Promise<CommandResult> {
  const [name = '', ...pictures] = asked.rest
  assertCount(asked, pictures.length > 0, 'identify enrol NAME PICTURE...')
  const verifier = await openChosenVerifier(encoderChoice(asked, context))
  try {
    const paths = pictures.map((picture) => resolve(context.cwd, picture))
    const enrolled = await enrol({ folder, verifier }, { name, paths })
    return {
      data: { gallery: folder, ...enrolled },
      render: () => `Enrolled ${name}, ${counted(enrolled.pictures, 'picture')}.`,
    }
  } finally {
    await verifier.close()
  }
}

async function who(
  folder: string,
  asked: Options,
  context: CommandContext,
): Promise<CommandResult> {
  assertCount(asked, asked.rest.length === 1, 'identify who PICTURE')
  const { calibration, threshold, falseMatchRate, top } = asked
  const verifier = await openChosenVerifier({ ...encoderChoice(asked, context), calibration })
  try {
    const gallery = await openGallery({ folder, verifier })
    try {
      const path = resolve(context.cwd, asked.rest[0]!)
      const found = await identifyPicture({
        gallery,
        verifier,
        path,
        threshold,
        falseMatchRate,
        top,
      })
      return { data: { ...found, name: found.name ?? null }, render: () => page(found) }
    } finally {
      await gallery.close()
    }
  } finally {
    await verifier.close()
  }
}

function page({ name, threshold, candidates, enrolled, falseAlarm }: Identity): string {
  const alarm =
    falseAlarm === undefined
      ? ''
      : ` With so many enrolled, a stranger is given a name in about ${percent(falseAlarm)} % of cases.`
  return [
    name ?? `none of the ${enrolled} enrolled`,
    '',
    renderTable({
      head: ['candidate', 'score'],
      rows: candidates.map((candidate) => [candidate.name, candidate.score.toFixed(4)]),
    }),
    '',
    `A score of ${threshold.toFixed(4)} is enough.${alarm}`,
  ].join('\n')
}

function assertCount({ action, rest }: Options, right: boolean, wanted: string): void {
  if (!right)
    throw invalidInput(`identify ${action}: got ${rest.length} words after it, wanted ${wanted}`)
}
