// Writes docs/results.md: trains what has no finished run yet, measures, and ships the best models.
// Usage: npm run results [-- --seeds 1,2,3] [--no-training] [--only choices,fashion] [--threads 1] [--runs folder]
// With --no-training, what has no finished run is named as such; with --only, these sections go to the
// terminal and the page stays as it is.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type ProgressEvent, writeFileAtomic } from '../src/core/index.ts'
import { baselinesSection } from './results/baselines.ts'
import { choicesSection } from './results/choices.ts'
import type { SectionContext } from './results/context.ts'
import { facesSection } from './results/faces.ts'
import { fashionSection } from './results/fashion.ts'
import { fineTunedSection } from './results/fine-tuned.ts'
import { type GroceryStudy, groceryStudy } from './results/grocery-study.ts'
import { picturesSection } from './results/pictures.ts'
import { sampleShopSection } from './results/sample-shop.ts'
import { shippingSection } from './results/shipping.ts'
import { tableOne } from './results/table-one.ts'
import { tableTwo } from './results/table-two.ts'
import { verificationSection } from './results/verification.ts'
import { whoIsRight } from './results/who-is-right.ts'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    only: { type: 'string' },
    training: { type: 'boolean', default: true },
    threads: { type: 'string' },
    runs: { type: 'string', default: join(root, 'runs') },
  },
  allowNegative: true,
})
const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())

let lastLine = 0
function progress({ task, done, total, unit, note = '' }: ProgressEvent): void {
  const now = Date.now()
  if (now - lastLine < 10_000 && done !== total) return
  lastLine = now
  process.stderr.write(
    `${task}: ${done}${total === undefined ? '' : ` of ${total}`} ${unit} ${note}\n`,
  )
}

const context: SectionContext = {
  runs: resolve(values.runs),
  training: values.training,
  session: values.threads === undefined ? {} : { threads: Number(values.threads) },
  data: resolve(root, process.env.VITRINE_DATA ?? '../shared/data'),
  seeds: values.seeds.split(',').map(Number),
  docs: join(root, 'docs'),
  models: join(root, 'models'),
  mobilenet: resolve(
    root,
    process.env.VITRINE_MODELS ?? '../shared/models',
    'mobilenet-v1-1.0-224-dw13.onnx',
  ),
  progress,
  signal: interrupt.signal,
}
let study: Promise<GroceryStudy> | undefined
/** What several sections tell of is made once, by the first that needs it. */
const studied =
  (write: (study: GroceryStudy, context: SectionContext) => string | Promise<string>) =>
  async (): Promise<string> => {
    study ??= groceryStudy(context)
    return write(await study, context)
  }
const sections: Readonly<Record<string, () => Promise<string>>> = {
  'table-1': studied(tableOne),
  'table-2': studied(tableTwo),
  pictures: studied(picturesSection),
  'who-is-right': studied(whoIsRight),
  baselines: studied(baselinesSection),
  shipping: studied(shippingSection),
  choices: () => choicesSection(context),
  'fine-tuned': () => fineTunedSection(context),
  fashion: () => fashionSection(context),
  'sample-shop': () => sampleShopSection(context),
  faces: () => facesSection(context),
  verification: () => verificationSection(context),
}
const asked = values.only?.split(',') ?? Object.keys(sections)
const written: string[] = []
for (const name of asked) {
  const section = sections[name]
  if (section === undefined)
    throw new Error(`results: there is no section "${name}"; they are ${Object.keys(sections)}`)
  written.push(await section())
}
if (values.only === undefined)
  await writeFileAtomic(
    join(root, 'docs', 'results.md'),
    `# Results

Written by \`npm run results\`; no figure here is typed by hand but those of others, which are named as such. Training runs are kept in \`runs/\` and reused.

${written.join('\n')}`,
  )
else process.stdout.write(written.join('\n'))
